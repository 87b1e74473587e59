"""`doctor --report FILE`: everything that helps with a fault, and nothing about anybody."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import overlay
from overlay import cli
from overlay.doctor import Finding
from overlay.logs import log_file
from overlay.monitor.students import Student, add_student
from overlay.scene import EMOTIONS

NAME = "Zoë Quillfeather"

FINDINGS = [
    Finding("webcam", "problem", f"the camera '{NAME}s iPhone' is in use by zoom (process 7)"),
    Finding("settings", "warning", f"line 1: setting theme must be dark or light, not '{NAME}'"),
]


@pytest.fixture(autouse=True)
def student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    """A user with a student, private settings, and a log that was written before all of that."""
    for name in ("CONFIG", "LOG", "STUDENTS"):
        monkeypatch.setenv(f"EMOTION_OVERLAY_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setattr("overlay.doctor.examine", lambda: FINDINGS)
    student = add_student(NAME)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(
        f'student = "{NAME}"\nsource = "webcam:{NAME} at home"\ntheme = "{NAME}"\n'
        f'output = "/srv/{NAME} and I.mp4"\nbars = true\n',
        encoding="utf-8",
    )
    log_file().parent.mkdir()
    log_file().write_text(
        "".join(f"old line {number}\n" for number in range(600))
        + f"OSError: {student.folder}: {NAME} looks happy\n",
        encoding="utf-8",
    )
    return student


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", *map(str, arguments)])
    return int(ended.value.code or 0), capsys.readouterr().err


def test_it_has_versions_settings_findings_and_the_end_of_the_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report.txt"
    code, err = call(capsys, "--report", report)
    assert code == 1  # as without: there is a problem
    assert str(report) in err
    text = report.read_text(encoding="utf-8")
    assert f"emotion-overlay {overlay.__version__}, " in text
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in text
    assert f"mediapipe {version('mediapipe')}\n" in text
    assert "bars = true (file)\n" in text
    assert "fps = 30.0 (default)\n" in text
    assert "problem webcam: the camera '[...]' is in use by zoom (process 7)\n" in text
    assert "\nold line 599\n" in text
    assert "\nold line 5\n" not in text


def test_it_names_nobody_and_tells_no_expression(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, student: Student
) -> None:
    report = tmp_path / "report.txt"
    call(capsys, "--report", report)
    text = report.read_text(encoding="utf-8")
    assert "source = " in text
    for word in (*NAME.split(), student.folder.name, str(Path.home()), *EMOTIONS):
        assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE), word


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_its_owner_alone_can_read_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call(capsys, "--report", tmp_path / "report.txt")
    assert (tmp_path / "report.txt").stat().st_mode & 0o777 == 0o600


def test_another_file_is_not_replaced_unasked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "thesis.txt"
    report.write_text("years of work")
    code, err = call(capsys, "--report", report)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "--force" in err
    assert report.read_text() == "years of work"
    call(capsys, "--report", report, "--force")
    assert "Versions" in report.read_text()


def test_a_place_that_cannot_be_written_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, err = call(capsys, "--report", tmp_path / "nowhere" / "report.txt")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "cannot be written" in err
