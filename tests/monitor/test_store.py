"""The store keeps what it is given, refuses what it cannot read, and forgets without a trace."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.errors import StoreError
from overlay.monitor.records import Mark, Reflection
from overlay.monitor.store import Second, Session, Store
from overlay.scene import EMOTIONS, UNSURE
from tests.monitor.small_sessions import begin, second

SHARE = st.floats(0, 1)
DEGREES = st.none() | st.floats(-90, 90)


@st.composite
def seconds(draw: st.DrawFn) -> Second:
    return Second(
        time_s=float(draw(st.integers(0, 100_000))),
        clock=draw(st.floats(0, 4e9)),
        observed_s=draw(SHARE),
        present=draw(SHARE),
        unsure=draw(SHARE),
        probabilities=draw(st.none() | st.tuples(*[SHARE] * len(EMOTIONS))),
        label=draw(st.none() | st.sampled_from([*EMOTIONS, UNSURE])),
        yaw_deg=draw(DEGREES),
        pitch_deg=draw(DEGREES),
        pose_error_deg=draw(DEGREES),
        away=draw(SHARE),
        size=draw(st.none() | SHARE),
        dark=draw(SHARE),
        own=draw(st.none() | st.sampled_from(["confused", "about to sneeze"])),
        unidentified=draw(SHARE),
    )


def test_a_session_comes_back_as_it_was(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store, goal="away at most 10 %")
        store.append(number, [second(0), second(1)])
        store.set_pauses(number, [(1e9 + 5, 1e9 + 9)])
        store.add_marks(number, [Mark(9.5), Mark(3.25, "the exam question")])
        store.add_marks(number, [Mark(9.5)])  # as after an error in between
        store.reflect(number, Reflection(9.5, "mark", "it went too fast"))
        store.reflect(number, Reflection(9.5, "mark", "I was lost"))  # in place of the former
        store.reflect(number, Reflection(2.0, "away", "writing"))
        store.reflect(number, Reflection(2.0, "away", ""))  # nothing any more
        store.end_session(number, ended=1e9 + 12, how="stopped")
    with Store.open(path) as store:
        assert store.sessions() == [
            Session(
                id=number,
                title="Physics",
                began=1e9,
                ended=1e9 + 12,
                utc_offset_s=3600,
                ended_how="stopped",
                app_version="1.0",
                model_version="2.0",
                pauses=((1e9 + 5, 1e9 + 9),),
                marks=(Mark(3.25, "the exam question"), Mark(9.5)),
                goal="away at most 10 %",
                reflections=(Reflection(9.5, "mark", "I was lost"),),
            )
        ]
        assert store.seconds(number) == [second(0), second(1)]


@settings(max_examples=30)
@given(st.lists(seconds(), unique_by=lambda s: s.time_s, max_size=5))
def test_every_second_comes_back_as_it_was(given_seconds: list[Second]):
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "s.sqlite", recording=True) as store,
    ):
        number = begin(store)
        store.append(number, given_seconds)
        assert store.seconds(number) == sorted(given_seconds, key=lambda s: s.time_s)


def test_a_second_written_twice_is_there_once(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        store.append(number, [second(0, "sad")])
        store.append(number, [second(0, "happy"), second(1)])
        assert [s.label for s in store.seconds(number)] == ["happy", "happy"]


def test_words_about_no_session_are_refused(path: Path):
    with Store.open(path) as store, pytest.raises(StoreError):
        store.reflect(7, Reflection(1.0, "mark", "here"))


def test_seconds_of_no_session_are_refused(path: Path):
    with Store.open(path, recording=True) as store, pytest.raises(StoreError):
        store.append(7, [second()])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes; the folder is private")
def test_database_log_and_index_are_the_owners_alone(path: Path):
    os.umask(0)
    with Store.open(path, recording=True) as store:
        store.append(begin(store), [second()])
        files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == dict.fromkeys(
        ["sessions.sqlite", "sessions.sqlite-wal", "sessions.sqlite-shm", "recording.lock"], 0o600
    )


def test_only_one_records_and_others_may_read(path: Path):
    with Store.open(path, recording=True) as first:
        number = begin(first)
        with pytest.raises(StoreError, match="is already being recorded"):
            Store.open(path, recording=True)
        with Store.open(path) as reader:
            assert reader.sessions()[0].ended_how == "running"
            first.append(number, [second()])
            assert reader.seconds(number) == [second()]
            with pytest.raises(StoreError, match="stop that recording first"):
                reader.erase()
    Store.open(path, recording=True).close()


def test_a_recording_begins_while_others_read(path: Path):
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            Store.open(path).close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(20):
            with Store.open(path, recording=True) as store:
                begin(store)  # and does not end, so that the reader has something to tidy up
    finally:
        stop.set()
        reader.join()


def test_a_session_nobody_ended_is_interrupted_where_its_seconds_end(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        store.append(number, [second(0), second(1)])
        empty = begin(store, began=2e9)
    with Store.open(path) as store:
        sessions = {session.id: session for session in store.sessions()}
    assert (sessions[number].ended_how, sessions[number].ended) == ("interrupted", 1e9 + 2)
    assert (sessions[empty].ended_how, sessions[empty].ended) == ("interrupted", 2e9)


def test_a_pause_that_never_ended_is_read(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        store.set_pauses(number, [(5.0, 6.0), (7.0, 7.0)])
        assert store.sessions()[0].pauses == ((5.0, 6.0), (7.0, 7.0))


def test_an_empty_file_is_a_new_database(path: Path):
    path.write_bytes(b"")
    with Store.open(path) as store:
        assert (store.notice, store.sessions()) == (None, [])


def test_a_locked_database_is_told_in_one_line(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("overlay.monitor.database.PATIENCE_S", 0.01)
    with Store.open(path, recording=True) as store:
        number = begin(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked; close the other program"):
            store.append(number, [second()])
        other.execute("ROLLBACK")
        other.close()
        store.append(number, [second()])
        assert store.seconds(number) == [second()]


def test_a_full_disk_is_told_and_what_was_there_stays(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        store.append(number, [second(0)])
        limit = sqlite3.connect(path)
        pages = limit.execute("PRAGMA page_count").fetchone()[0]
        limit.close()
        # SQLite gives the same error for a database at its limit as for a full disk.
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="full; free some space"):
            store.append(number, [second(i) for i in range(1, 2000)])
        assert store.seconds(number) == [second(0)]
        store._connection.execute("PRAGMA max_page_count = 1000000")
        store.append(number, [second(1)])
        assert store.seconds(number) == [second(0), second(1)]


def test_a_folder_that_is_a_file_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="check that disk"):
        Store.open(tmp_path / "file" / "sessions.sqlite")


def test_erasing_leaves_nothing_in_any_file(path: Path):
    secret = "Tell nobody about this lesson"
    with Store.open(path, recording=True) as store:
        number = begin(store, title=secret)
        store.append(number, [second(i) for i in range(3000)])
        store.end_session(number, ended=1e9, how="stopped")
    size = path.stat().st_size
    # The title, and the bytes of a probability that every second had.
    traces = (secret.encode(), b"\x3f\xc0" + b"\0" * 6)
    assert all(trace in path.read_bytes() for trace in traces)
    with Store.open(path) as store:
        assert store.erase() == 1
        assert store.sessions() == []
        assert store.seconds(number) == []
        wal = path.with_name("sessions.sqlite-wal")
        assert wal.stat().st_size == 0
    assert path.stat().st_size < size / 5
    for file in path.parent.iterdir():
        assert not [trace for trace in traces if trace in file.read_bytes()], file.name


def test_erasing_before_a_day_keeps_later_sessions(path: Path):
    with Store.open(path, recording=True) as store:
        old, new = begin(store, began=1000.0), begin(store, began=2000.0)
        store.append(old, [second()])
        store.append(new, [second()])
        store.set_pauses(old, [(1.0, 2.0)])
        assert store.erase(before=2000.0) == 1
        assert [session.id for session in store.sessions()] == [new]
        assert store.seconds(old) == []
        assert store.seconds(new) == [second()]
        assert begin(store, began=3000.0) > new, "numbers are not used again"


def test_erasing_nothing_is_no_error(path: Path):
    with Store.open(path) as store:
        assert store.erase() == 0


def test_erasing_while_another_program_reads_is_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("overlay.monitor.database.PATIENCE_S", 0.01)
    with Store.open(path, recording=True) as store:
        store.append(begin(store), [second()])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM second").fetchall()
        with pytest.raises(StoreError, match=r"close|locked"):
            store.erase()
        other.close()
        store.erase()
        assert store.sessions() == []


def test_two_hours_take_less_than_ten_megabytes(path: Path):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        for start in range(0, 7200, 60):
            store.append(number, [varied(start + i) for i in range(60)])
        biggest = sum(file.stat().st_size for file in path.parent.iterdir())
    assert biggest < 10e6
    assert path.stat().st_size < 4e6


def varied(time_s: int) -> Second:
    return second(time_s)._replace(probabilities=(1 / 7 + time_s / 1e6,) * 7)
