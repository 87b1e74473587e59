"""A damaged database is never taken for an empty one: what can be read of it is saved."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from overlay.cli import main
from overlay.errors import ReportError, StoreError
from overlay.monitor.records import Reflection
from overlay.monitor.report import make_report
from overlay.monitor.salvage import salvage
from overlay.monitor.store import Store
from overlay.monitor.students import Student
from tests.monitor.lessons import BEGAN, record, seconds, session

PAGE = 4096
LENGTH_S = 600
LESSON = seconds(("happy", LENGTH_S))


@pytest.fixture
def student(student: Student) -> Student:
    for number in range(3):
        told = session(
            LENGTH_S,
            title=f"Lesson {number}",
            began=BEGAN + number * 86400,
            pauses=[(5, 9)],
            marks=[(3, "a good question"), (250, "")],
            goal="happy every 10 minutes",
        )
        written = record(student, told, LESSON)
        with Store.open(student.store_path) as store:
            for time_s, kind in ((3, "mark"), (3, "expression")):
                store.reflect(written, Reflection(time_s, kind, "I remember it well"))
    return student


def overwrite(path: Path, page: int, content: bytes = b"\xff" * PAGE) -> None:
    whole = bytearray(path.read_bytes())
    whole[page * PAGE : (page + 1) * PAGE] = content
    path.write_bytes(whole)


def pages_of(path: Path, name: str) -> list[int]:
    """The first page of a table, counted from 0."""
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))
        return [row.fetchone()[0] - 1]


def test_a_sound_database_is_read_whole(student: Student) -> None:
    saved = salvage(student.store_path)
    assert (saved.sessions, saved.seconds) == (3, 3 * LENGTH_S)


def test_all_but_the_damaged_page_is_saved_and_it_is_said(student: Student) -> None:
    with Store.open(student.store_path) as store:
        before = {told.id: store.seconds(told.id) for told in store.sessions()}
        sessions = store.sessions()
    last = student.store_path.stat().st_size // PAGE - 10
    overwrite(student.store_path, last)
    damaged = student.store_path.read_bytes()
    with Store.open(student.store_path) as store:
        assert store.notice is not None
        assert "\n" not in store.notice
        assert f"{student.store_path} was damaged (" in store.notice
        assert store.sessions() == sessions
        after = {told.id: store.seconds(told.id) for told in sessions}
        saved = sum(map(len, after.values()))
        assert f"(sessions: 3, seconds: {saved})" in store.notice
    assert 3 * LENGTH_S - 60 < saved < 3 * LENGTH_S
    for number, rows in after.items():
        assert set(rows) <= set(before[number])
    (aside,) = student.folder.glob("*.corrupt-*")
    assert aside.read_bytes() == damaged
    with Store.open(student.store_path) as store:
        assert store.notice is None
        assert sum(len(store.seconds(told.id)) for told in store.sessions()) == saved


def test_sessions_whose_titles_are_lost_are_known_by_their_seconds(student: Student) -> None:
    overwrite(student.store_path, *pages_of(student.store_path, "session"))
    with Store.open(student.store_path) as store:
        sessions = store.sessions()
        assert [(told.title, told.began, told.ended) for told in sessions] == [
            ("", BEGAN + day * 86400, BEGAN + day * 86400 + LENGTH_S) for day in range(3)
        ]
        assert {told.ended_how for told in sessions} == {"interrupted"}
        assert all(len(store.seconds(told.id)) == LENGTH_S for told in sessions)


def test_what_only_the_log_holds_is_saved_too(student: Student) -> None:
    path = student.store_path
    with Store.open(path, recording=True) as store:
        number = store.begin_session(
            title="in the log", began=BEGAN, utc_offset_s=0, app_version="", model_version=""
        )
        store.append(number, LESSON[:20])
        copy = path.read_bytes(), path.with_name("sessions.sqlite-wal").read_bytes()
    path.write_bytes(copy[0])
    path.with_name("sessions.sqlite-wal").write_bytes(copy[1])
    overwrite(path, path.stat().st_size // PAGE - 20)
    with Store.open(path) as store:
        assert store.notice is not None
        assert "in the log" in [told.title for told in store.sessions()]


def test_no_flipped_bit_makes_recordings_disappear_in_silence(student: Student) -> None:
    whole = student.store_path.read_bytes()
    draw, outcomes = (
        random.Random(20130),
        dict.fromkeys(("sound", "left out", "saved", "refused"), 0),
    )
    for _ in range(150):
        for path in student.folder.glob("sessions.sqlite*"):
            path.unlink()
        content = bytearray(whole)
        # Half of them where it hurts most: headers, tables of contents, inner pages.
        place = draw.randrange(len(whole)) if draw.random() < 0.5 else draw.randrange(12 * PAGE)
        content[place] ^= 1 << draw.randrange(8)
        student.store_path.write_bytes(content)
        try:
            with Store.open(student.store_path) as store:
                count = sum(len(store.seconds(told.id)) for told in store.sessions())
                told = store.notice
        except StoreError:
            outcomes["refused"] += 1
            assert student.store_path.read_bytes()[PAGE:] == bytes(content)[PAGE:]
            continue
        if told is None:
            outcomes["sound"] += 1
            assert count == 3 * LENGTH_S, f"bit at {place}"
        elif "was left out" in told:
            outcomes["left out"] += 1
        else:
            outcomes["saved"] += 1
            assert f"seconds: {count})" in told or not count
    assert outcomes["saved"] >= 10, outcomes


def test_a_column_that_is_called_otherwise_is_damage(student: Student) -> None:
    content = student.store_path.read_bytes()
    student.store_path.write_bytes(content.replace(b"observed_s REAL", b"observed_r REAL"))
    with Store.open(student.store_path) as store:
        assert store.notice is not None
        assert "no such column: observed_s" in store.notice


def test_the_report_says_it_and_its_exit_code_too(
    student: Student, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(student.store_path, student.store_path.stat().st_size // PAGE - 10)
    with pytest.raises(SystemExit) as ended:
        main(["report", "--student", "Ada"])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.out.endswith(".html\n")
    assert "was damaged" in said.err
    assert said.err.count("\n") == 1


def test_where_nothing_could_be_saved_there_is_no_talk_of_no_sessions_yet(
    student: Student,
) -> None:
    student.store_path.write_bytes(b"no database" * 1000)
    for _ in range(2):  # the second time, too
        with pytest.raises(ReportError, match=r"was damaged .*is kept as .*corrupt-"):
            make_report(student, ["html"])


def test_a_disk_that_is_full_leaves_the_damaged_database_where_it_is(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(student.store_path, student.store_path.stat().st_size // PAGE - 10)
    before = student.store_path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left on device") as caught:
            Store.open(student.store_path)
    assert "\n" not in str(caught.value)
    assert student.store_path.read_bytes() == before
    assert not list(student.folder.glob("*corrupt*"))
    assert not list(student.folder.glob(".*part"))
    with Store.open(student.store_path) as store:
        assert len(store.sessions()) == 3


def test_a_link_instead_of_a_database_is_refused(student: Student, tmp_path: Path) -> None:
    student.store_path.rename(tmp_path / "moved")
    student.store_path.symlink_to(tmp_path / "moved")
    with pytest.raises(StoreError, match="is a link"):
        Store.open(student.store_path)
