"""Standard output that knows no more than ASCII ends no command; files and data stay UTF-8."""

from __future__ import annotations

from pathlib import Path

import pytest

from overlay.monitor.consent import give_consent
from overlay.monitor.students import Student, add_student
from tests.e2e.conftest import Outcome, finish, start
from tests.monitor.lessons import record, seconds, session

pytestmark = pytest.mark.e2e

#: What a service manager or an old terminal gives a program.
ASCII = {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"}


@pytest.fixture
def student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    """Somebody whose name and label are not ASCII, with a session and settings to show."""
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENT", "अनन्या")
    student = add_student("अनन्या")
    give_consent(student)
    record(student, session(20, title="Übung ●"), seconds(("happy", 20)))
    return student


def called(folder: Path, *arguments: object) -> Outcome:
    return finish(start(*arguments, folder=folder, **ASCII))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["student", "list"], 0),
        (["student", "add", "Zoë"], 0),
        (["settings"], 0),
        (["settings", "--json"], 0),
        (["report", "--student", "अनन्या"], 0),
        (["export", "--student", "अनन्या", "ü.zip"], 0),
        (["erase", "--student", "अनन्या", "--yes"], 0),
        (["analyze", "gibt-es-nicht-ü.png"], 2),
        (["run", "--help"], 0),
        (["run", "--source", "ü"], 2),
        (["cameras"], 0),
        (["status"], 2),
        (["logs"], 0),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_a_command_ends_as_elsewhere(
    tmp_path: Path, student: Student, arguments: list[str], code: int
) -> None:
    outcome = called(tmp_path, *arguments)
    assert outcome.code == code, outcome.err
    assert "unexpected" not in outcome.err
    assert "Traceback" not in outcome.err
    assert (outcome.out + outcome.err).isascii()


def test_a_session_is_recorded(tmp_path: Path, student: Student) -> None:
    common = ("--student", student.name, "--source", "demo", "--output", "none", "--seconds", 2)
    outcome = called(tmp_path, "monitor", *common)
    assert outcome.code == 0, outcome.err
    assert "\\u25cf recording" in outcome.out
    assert "ended (stopped)" in outcome.out


def test_a_report_on_standard_output_is_utf8(tmp_path: Path, student: Student) -> None:
    process = start("report", "--student", student.name, "--out", "-", folder=tmp_path, **ASCII)
    assert process.stdout is not None
    assert process.stdout.encoding.lower().replace("-", "") == "utf8"
    assert "Übung ●" in finish(process).out
