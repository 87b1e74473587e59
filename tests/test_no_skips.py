"""The plugin that keeps continuous integration from passing by skipping."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

WITHOUT_DATA = "EMOTION_OVERLAY_TESTS_WITHOUT_DATA"
# Without the options of this run and other plugins, which take long to import.
_ENVIRONMENT = {n: v for n, v in os.environ.items() if n not in (WITHOUT_DATA, "PYTEST_ADDOPTS")}
_ENVIRONMENT["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def _run_pytest(folder: Path, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    test = folder / "test_sample.py"
    test.write_text("import pytest\n" + text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-p", "no:cacheprovider", test],
        cwd=REPOSITORY,
        env=_ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "text",
    [
        'def test_a(): pytest.skip("no camera")',
        '@pytest.mark.skip(reason="no camera")\ndef test_a(): pass',
        'pytest.skip("no camera", allow_module_level=True)',
        'pytest.importorskip("no_such_module", reason="no camera")',
    ],
    ids=["in a test", "by a mark", "of a module", "of an import"],
)
def test_a_skip_fails_and_says_its_reason(tmp_path: Path, text: str) -> None:
    result = _run_pytest(tmp_path, text)

    assert result.returncode != 0
    assert "unexpected skip: no camera" in result.stdout


def test_missing_data_is_announced_only_where_it_is_known_to_be_missing(tmp_path: Path) -> None:
    text = 'def test_a(): pytest.skip("DATA MISSING: no clips")'

    assert _run_pytest(tmp_path, text).returncode != 0
    assert _run_pytest(tmp_path, text, **{WITHOUT_DATA: "0"}).returncode != 0
    assert _run_pytest(tmp_path, text, **{WITHOUT_DATA: "1"}).returncode == 0


def test_where_data_is_missing_another_skip_still_fails(tmp_path: Path) -> None:
    text = 'def test_a(): pytest.skip("no camera")'

    assert _run_pytest(tmp_path, text, **{WITHOUT_DATA: "1"}).returncode != 0


@pytest.mark.parametrize(
    "text",
    [
        'def test_a(): pytest.skip("PLATFORM: only on Windows")',
        "@pytest.mark.xfail\ndef test_a(): assert False",
        "def test_a(): pass",
    ],
    ids=["announced skip", "expected failure", "pass"],
)
def test_the_rest_stays_as_it_is(tmp_path: Path, text: str) -> None:
    result = _run_pytest(tmp_path, text)

    assert result.returncode == 0, result.stdout
