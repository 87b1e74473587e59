"""The recorder writes what it sees, whatever the disk, the clock and the application do."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from overlay.errors import StoreError
from overlay.monitor.clock import Clock
from overlay.monitor.recorder import Recorder
from overlay.monitor.records import Mark
from overlay.monitor.store import Session, Store
from tests.monitor.scenes import face, scene
from tests.waiting import until

BEGAN = 1.7e9


class Watch(Clock):
    """Clocks that stand still until a test moves them."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.suspended = 0.0
        self.set_by = 0.0

    def wall(self) -> float:
        return BEGAN + self.seconds + self.suspended + self.set_by

    def monotonic(self) -> float:
        return self.seconds

    def elapsed(self) -> float:
        return self.seconds + self.suspended


class Call:
    """A recorder that is shown scenes eight times a second of its own time."""

    def __init__(self, path: Path, **values: Any) -> None:
        self.path = path
        self.watch = Watch()
        self.ended = threading.Event()
        self.recorder = Recorder(
            Store.open(path, recording=True),
            name="Ana",
            title="Physics",
            clock=self.watch,
            on_end=lambda _: self.ended.set(),
            **values,
        )

    def show(self, seconds: float, *faces: Any) -> None:
        for _ in range(round(seconds * 8)):
            self.recorder.observe(scene(self.watch.seconds, *faces))
            self.watch.seconds += 1 / 8

    def wait(self, seconds: float) -> None:
        self.watch.seconds += seconds

    def written(self) -> list[float]:
        with Store.open(self.path) as store:
            return [second.time_s for second in store.seconds(self.recorder.session_id)]

    def session(self) -> Session:
        with Store.open(self.path) as store:
            return store.sessions()[0]


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Callable[..., Call]]:
    with ExitStack() as stack:

        def make(**values: Any) -> Call:
            made = Call(tmp_path / "sessions.sqlite", **values)
            stack.callback(made.recorder.stop)
            return made

        yield make


def test_a_session_is_written_while_it_runs_and_ended_when_stopped(call):
    lesson = call(model_version="7")
    lesson.show(5, face())
    until(lambda: lesson.written() == [0, 1, 2, 3], "finished seconds are written")
    assert lesson.session().ended_how == "running"
    lesson.recorder.stop()
    assert lesson.written() == [0, 1, 2, 3, 4]
    session = lesson.session()
    assert (session.ended_how, session.title, session.model_version) == ("stopped", "Physics", "7")
    assert session.ended == pytest.approx(session.began + 5)
    assert lesson.ended.is_set()


def test_stopping_twice_is_stopping_once(call):
    lesson = call()
    lesson.recorder.stop("app-ended")
    lesson.recorder.stop("stopped")
    assert lesson.session().ended_how == "app-ended"


def test_after_the_end_nothing_is_recorded(call):
    lesson = call()
    lesson.show(2, face())
    lesson.recorder.stop()
    lesson.show(5, face())
    assert lesson.written() == [0, 1]
    assert lesson.recorder.recording is None


def test_a_pause_is_a_gap_and_is_noted(call):
    lesson = call()
    lesson.show(3, face())
    lesson.recorder.pause()
    assert (lesson.recorder.recording, lesson.recorder.panel().state) == (None, "paused")
    lesson.show(60, face())
    lesson.recorder.resume()
    assert (lesson.recorder.recording, lesson.recorder.panel().state) == ("Ana", "recording")
    lesson.show(2, face())
    lesson.recorder.stop()
    assert lesson.written() == [0, 1, 2, 63, 64]
    session = lesson.session()
    ((begin, end),) = session.pauses
    assert (begin - session.began, end - session.began) == pytest.approx((3, 63))


def test_a_session_that_ends_in_a_pause(call):
    lesson = call()
    lesson.show(1, face())
    lesson.recorder.pause()
    lesson.wait(10)
    lesson.recorder.stop()
    session = lesson.session()
    assert session.pauses[0][1] == pytest.approx(session.ended)


def test_the_applications_pause_and_the_students_own_add_up(call):
    recorder = call().recorder
    recorder.set_paused(True)
    recorder.pause()
    recorder.set_paused(False)
    assert recorder.recording is None
    recorder.resume()
    assert recorder.recording == "Ana"


def test_a_suspended_machine_leaves_a_gap_and_no_invented_seconds(call):
    lesson = call()
    lesson.show(3, face())
    lesson.watch.suspended += 3600
    lesson.show(2, face())
    lesson.recorder.stop()
    assert lesson.written() == [0, 1, 2, 3603, 3604]


@pytest.mark.parametrize("change", [-7200.0, 7200.0])
def test_setting_the_clock_changes_clock_times_alone(call, change):
    lesson = call()
    lesson.show(3, face())
    lesson.watch.set_by = change
    lesson.show(2, face())
    lesson.recorder.stop()
    assert lesson.written() == [0, 1, 2, 3, 4]
    with Store.open(lesson.path) as store:
        seconds = store.seconds(lesson.recorder.session_id)
    assert seconds[3].clock - seconds[2].clock == pytest.approx(1 + change)


def test_it_ends_by_itself_when_the_student_was_away_for_long(call):
    lesson = call(idle_s=600)
    lesson.show(3, face())
    lesson.wait(590)
    lesson.show(0.125, face(2, x=0, size=90))
    assert lesson.recorder.ended_how == "running"
    lesson.wait(20)
    until(lesson.ended.is_set, "it ends")
    assert lesson.session().ended_how == "idle"


def test_a_pause_is_not_idleness(call):
    lesson = call(idle_s=600)
    lesson.show(3, face())
    lesson.recorder.pause()
    lesson.wait(7200)
    lesson.recorder.resume()
    lesson.wait(500)
    assert not lesson.ended.wait(0.6)
    lesson.wait(200)
    until(lesson.ended.is_set, "it ends")


def test_a_locked_database_is_told_and_its_seconds_are_written_later(call, monkeypatch):
    monkeypatch.setattr("overlay.monitor.database.PATIENCE_S", 0.05)
    lesson = call()
    other = sqlite3.connect(lesson.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    lesson.show(5, face())
    until(lambda: lesson.recorder.problem, "the problem is told")
    assert "locked" in lesson.recorder.problem
    assert "\n" not in lesson.recorder.problem
    assert lesson.recorder.panel().state == "unsaved"
    lesson.show(5, face())
    other.execute("ROLLBACK")
    other.close()
    until(lambda: lesson.recorder.problem is None, "the problem is over")
    lesson.recorder.stop()
    assert lesson.written() == list(range(10))


def test_a_full_disk_is_told_and_its_seconds_are_written_later(call):
    lesson = call()
    connection = lesson.recorder._store._connection
    # SQLite gives the same error for a database at its limit as for a full disk.
    connection.execute("PRAGMA max_page_count = 1")
    lesson.show(600, face())
    until(lambda: lesson.recorder.problem, "the problem is told")
    assert "full; free some space" in lesson.recorder.problem
    connection.execute("PRAGMA max_page_count = 100000")
    until(lambda: lesson.recorder.problem is None, "the problem is over")
    lesson.recorder.stop()
    assert lesson.written() == list(range(600))


def test_what_cannot_be_written_is_bounded(call, monkeypatch):
    monkeypatch.setattr("overlay.monitor.recorder._MOST_UNWRITTEN", 20)
    lesson = call()
    connection = lesson.recorder._store._connection
    connection.execute("PRAGMA max_page_count = 1")
    lesson.show(900, face())
    until(lambda: lesson.recorder.problem, "the problem is told")
    connection.execute("PRAGMA max_page_count = 100000")
    lesson.recorder.stop()
    written = lesson.written()
    assert len(written) < 900
    assert written[-1] == 899


def test_a_disk_that_stays_full_does_not_keep_the_session_from_ending(call):
    lesson = call()
    lesson.show(5, face())
    until(lambda: lesson.written(), "something is written")
    lesson.recorder._store._connection.execute("PRAGMA max_page_count = 1")
    lesson.show(900, face())
    lesson.recorder.stop()
    assert lesson.ended.is_set()
    assert "full" in lesson.recorder.problem
    assert lesson.session().ended_how == "interrupted"


def test_a_disk_that_does_not_respond_does_not_keep_it_from_stopping(call, monkeypatch):
    monkeypatch.setattr("overlay.monitor.recorder._STOP_S", 0.2)
    hanging, release = threading.Event(), threading.Event()
    lesson = call()
    recorder = lesson.recorder
    append = recorder._store.append

    def hang(*arguments):
        hanging.set()
        release.wait(60)
        append(*arguments)

    monkeypatch.setattr(recorder._store, "append", hang)
    lesson.show(3, face())
    assert hanging.wait(20)
    recorder.stop()
    assert recorder.problem == "the end was not saved: the disk does not respond"
    release.set()
    assert lesson.ended.wait(20)


def test_the_panel_shows_now_the_last_minutes_and_the_time_seen(call):
    lesson = call()
    lesson.show(10, face(label="happy"))
    lesson.show(5)
    lesson.show(10, face(2, label="sad"))
    until(lambda: lesson.recorder.panel().observed_s > 23.5, "seconds are counted")
    panel = lesson.recorder.panel()
    assert (panel.name, panel.state, panel.label) == ("Ana", "recording", "sad")
    assert len(panel.history) == 300
    assert panel.history[-24:] == (None,) + ("happy",) * 9 + (None,) * 5 + ("sad",) * 9
    assert panel.seen_s == pytest.approx(18, abs=1.5)


def test_the_real_clocks_go_on():
    clock = Clock()
    before = (clock.wall(), clock.monotonic(), clock.elapsed())
    after = (clock.wall(), clock.monotonic(), clock.elapsed())
    assert all(b >= a for a, b in zip(before[1:], after[1:], strict=True))
    assert abs(clock.utc_offset_s()) <= 14 * 3600


class TestMarks:
    def test_a_moment_is_marked_with_a_note_or_without(self, call):
        lesson = call()
        lesson.show(3, face())
        lesson.recorder.mark("  the exam\nquestion ")
        lesson.show(2, face())
        lesson.recorder.mark()
        assert lesson.recorder.marks == 2
        lesson.recorder.stop()
        assert lesson.session().marks == (Mark(3.0, "the exam question"), Mark(5.0, ""))

    @pytest.mark.parametrize(("ago_s", "time_s"), [(2.0, 3.0), (60.0, 0.0), (-1.0, 5.0)])
    def test_it_can_be_of_a_moment_ago_but_neither_before_the_session_nor_to_come(
        self, call, ago_s, time_s
    ):
        lesson = call()
        lesson.show(5, face())
        lesson.recorder.mark("here", ago_s=ago_s)
        lesson.recorder.stop()
        assert lesson.session().marks == (Mark(time_s, "here"),)

    def test_it_is_on_the_disk_while_the_session_runs(self, call):
        lesson = call()
        lesson.show(2, face())
        lesson.recorder.mark("here")
        until(lambda: lesson.session().marks == (Mark(2.0, "here"),), "the mark is written")

    def test_it_waits_for_a_disk_that_takes_nothing(self, call):
        lesson = call()
        lesson.show(2, face())
        with sqlite3.connect(lesson.path, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            lesson.recorder.mark("here")
            until(lambda: lesson.recorder.problem is not None, "the problem is said")
            other.execute("ROLLBACK")
        lesson.recorder.stop()
        assert lesson.session().marks == (Mark(2.0, "here"),)

    def test_its_time_goes_on_although_the_clock_is_set(self, call):
        lesson = call()
        lesson.show(2, face())
        lesson.watch.set_by = 3600.0
        lesson.recorder.mark()
        lesson.recorder.stop()
        assert lesson.session().marks == (Mark(2.0),)

    def test_there_is_none_in_a_pause_or_after_the_end(self, call):
        lesson = call()
        lesson.recorder.pause()
        with pytest.raises(StoreError, match="paused: resume it"):
            lesson.recorder.mark()
        lesson.recorder.resume()
        lesson.recorder.stop()
        with pytest.raises(StoreError, match="the recording has ended"):
            lesson.recorder.mark()
        assert lesson.session().marks == ()

    def test_a_note_has_an_end(self, call):
        with pytest.raises(StoreError, match="has 1001 characters: use at most 1000"):
            call().recorder.mark("x" * 1001)
