"""How the application was installed is read from what each way of installing leaves behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from overlay import installation
from overlay.installation import describe_version, find_installation


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment into which the application was installed from a wheel."""
    package = tmp_path / "lib/python3.11/site-packages/overlay"
    (tmp_path / "bin").mkdir()
    package.mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(installation, "_PACKAGE", package)
    monkeypatch.setattr(installation, "_BUILD", package / "build.json")
    return tmp_path


def test_a_checkout_is_updated_with_git() -> None:
    assert find_installation().update.startswith("git pull")


@pytest.mark.parametrize(
    ("note", "command"),
    [
        ("uv-receipt.toml", "uv tool"),
        ("pipx_metadata.json", "pipx"),
        ("pyvenv.cfg", "python -m pip"),
    ],
)
def test_for_people_who_have_python(venv: Path, note: str, command: str) -> None:
    (venv / note).write_text("", "utf-8")
    found = find_installation()
    for action in (found.update, found.repair, found.uninstall):
        assert action.startswith(command)


@pytest.mark.parametrize(
    ("kind", "update"), [("deb", "apt"), ("rpm", "dnf"), ("tarball", "install.sh")]
)
def test_a_package_leaves_a_note_beside_the_program(venv: Path, kind: str, update: str) -> None:
    (venv / "bin/package").write_text(f"{kind}\n", "utf-8")
    assert update in find_installation().update


def test_a_note_that_is_none_of_ours_does_not_count(venv: Path) -> None:
    (venv / "bin/package").write_text("something else", "utf-8")
    assert find_installation().name == "with pip"


def test_the_commit_is_the_one_it_was_built_from(venv: Path) -> None:
    note = venv / "lib/python3.11/site-packages/overlay/build.json"
    note.write_text(json.dumps({"commit": "0123456"}), "utf-8")
    assert ", commit 0123456, model emotion " in describe_version()


def test_without_a_repository_the_commit_is_left_out(venv: Path) -> None:
    assert "commit" not in describe_version()


def test_without_a_model_the_version_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "models_dir", lambda: tmp_path)
    assert describe_version().endswith("without a model")
