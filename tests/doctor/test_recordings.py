"""What killed commands and damage leave in students' folders is found."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from overlay.doctor import Machine, examine, fix
from overlay.doctor.recordings import check_recordings
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student


@pytest.fixture
def student(home: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(home / "students"))
    return add_student("Ada")


def test_nothing_is_left_over(student: Student) -> None:
    Store.open(student.store_path).close()
    finding = check_recordings(Machine())
    assert (finding.state, finding.message) == ("ok", "1 student, and no unfinished files")


def test_what_a_killed_export_left_is_found_and_deleted(student: Student) -> None:
    copy = student.folder / ".export-x1y2" / "sessions.sqlite"
    copy.parent.mkdir()
    copy.write_text("titles")
    assert check_recordings(Machine()).state == "ok", "it may be being written"
    os.utime(copy, (time.time() - 7200,) * 2)
    (finding,) = (found for found in examine() if found.check == "recordings")
    assert (finding.state, finding.fixable) == ("warning", True)
    assert finding.message.startswith("1 unfinished file")
    assert fix([finding]) == ["recordings: deleted unfinished files in students' folders (1)"]
    assert not copy.parent.exists()
    assert check_recordings(Machine()).state == "ok"


def test_a_damaged_database_that_was_set_aside_is_found(student: Student) -> None:
    student.store_path.write_bytes(b"no database" * 1000)
    Store.open(student.store_path).close()
    finding = check_recordings(Machine())
    assert (finding.state, finding.fixable) == ("warning", False)
    assert "a damaged database is kept as " in finding.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_folder_that_is_open_to_others_is_found(student: Student) -> None:
    student.folder.chmod(0o755)
    finding = check_recordings(Machine())
    assert (finding.state, finding.message) == ("warning", f"{student.folder} is open to others")
    assert finding.fix.startswith(f"chmod 700 {student.folder}")
