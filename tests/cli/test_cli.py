"""The command line's edge: what is printed, and how it ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

import overlay
from overlay import cli
from overlay.errors import OverlayError


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"emotion-overlay {overlay.__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"), [(OverlayError("the fix"), 2), (ZeroDivisionError("a bug"), 1)]
)
def test_errors_end_as_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("overlay.sources.list_cameras", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main(["cameras"])
    assert ended.value.code == code
    printed = capsys.readouterr().err
    assert str(error) in printed
    assert len(printed.splitlines()) == 1


def test_help_does_not_load_what_only_a_call_needs() -> None:
    heavy = ("cv2", "mediapipe", "onnxruntime", "numpy", "matplotlib", "pyvirtualcam")
    code = (
        "import sys\nfrom overlay import cli\n"
        "try:\n    cli.main(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
