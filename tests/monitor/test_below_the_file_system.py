"""What is erased is gone from the disk, too: a file system of its own is searched block by block.

sudo python -m pytest -m system tests/monitor/test_below_the_file_system.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.monitor.erasing import erase_sessions
from overlay.monitor.export import export_student
from overlay.monitor.report import make_report, save_report
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student
from tests.monitor.lessons import BEGAN, seconds

pytestmark = pytest.mark.system

DAY_S = 86400.0
MARKS = {day: f"MaRkOfLeSsOn{day}x" for day in range(3)}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An ext4 file system in a file, mounted."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.fail("needs Linux and root, to mount a file system in a file")
    image, folder = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    folder.mkdir()
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def marks_on(disk: Path) -> Callable[[], dict[int, int]]:
    """How often the mark of each lesson is in the blocks of the disk, whoever they belong to."""

    def count() -> dict[int, int]:
        image = disk.with_name("image")
        subprocess.run(["umount", disk], check=True)
        content = image.read_bytes()
        subprocess.run(["mount", "-o", "loop", image, disk], check=True)
        return {day: content.count(mark.encode()) for day, mark in MARKS.items()}

    return count


@pytest.fixture
def student(disk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Student:
    """Three lessons, each recorded and written to the disk like any other, and reports."""
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(disk / "students"))
    student = add_student("Ada")
    for day, mark in MARKS.items():
        with Store.open(student.store_path, recording=True) as store:
            number = store.begin_session(
                title=mark,
                began=BEGAN + day * DAY_S,
                utc_offset_s=0,
                app_version="",
                model_version="",
            )
            rows = [second._replace(own=mark) for second in seconds(("happy", 900))]
            for start in range(0, len(rows), 20):
                store.append(number, rows[start : start + 20])
            store.end_session(number, ended=BEGAN + day * DAY_S + 900, how="stopped")
        os.sync()
        for _ in range(2):  # the second replaces the first
            save_report(student, make_report(student, ["html", "csv", "json"]))
            os.sync()
    export_student(student, tmp_path / "ada.zip")
    os.sync()
    return student


def test_no_block_holds_what_was_erased(
    student: Student, marks_on: Callable[[], dict[int, int]], record_property
) -> None:
    before = marks_on()
    record_property("marks_before", before)
    assert min(before.values()) > 900
    with Store.open(student.store_path) as store:
        erase_sessions(student, store)
    assert marks_on() == dict.fromkeys(MARKS, 0)


def test_no_block_holds_what_was_erased_day_by_day(
    student: Student, marks_on: Callable[[], dict[int, int]]
) -> None:
    for day in MARKS:
        with Store.open(student.store_path) as store:
            erase_sessions(student, store, BEGAN + day * DAY_S + 1)
        left = marks_on()
        assert [left[other] for other in MARKS if other <= day] == [0] * (day + 1)
    assert marks_on() == dict.fromkeys(MARKS, 0)
