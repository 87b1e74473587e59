"""Sessions that begin and end in a running application, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay.app import App
from overlay.monitor.consent import give_consent
from overlay.monitor.recorder import Recorder
from overlay.monitor.session import Sessions
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student
from overlay.settings import make_settings
from tests.monitor.lessons import locked
from tests.waiting import PATIENCE_S, until


@pytest.fixture
def app() -> Iterator[App]:
    with App(make_settings(source="demo", output="none", window=False)) as app:
        yield app


@pytest.fixture
def ana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return _agreed("Ana")


@pytest.fixture
def ben(ana: Student) -> Student:
    return _agreed("Ben")


def _agreed(name: str) -> Student:
    student = add_student(name)
    give_consent(student)
    return student


def test_a_session_that_ends_late_leaves_the_next_one_alone(
    app: App, ana: Student, ben: Student
) -> None:
    ended: list[Recorder] = []
    sessions = Sessions(app, on_end=ended.append)
    sessions.begin("Ana")
    first = sessions.recorder
    with locked(ana):
        ending = threading.Thread(target=sessions.end)
        ending.start()
        until(lambda: first is not None and first.ended_how == "stopped", "the end of the first")
        sessions.begin("Ben")
    ending.join(PATIENCE_S)

    assert ended == [first]
    assert app.status().recording == "Ben"
    until(lambda: sessions.recorder.panel().seen_s >= 1, "a second of the second session")
    sessions.end()
    assert app.status().recording is None
    with Store.open(ben.store_path) as store:
        assert store.seconds(store.sessions()[0].id)


def test_a_session_that_has_ended_by_itself_is_shown_nothing_more(app: App, ana: Student) -> None:
    app.change(idle_minutes=0.002, source="none-such.png")
    ended = threading.Event()
    Sessions(app, on_end=lambda _: ended.set()).begin("Ana")
    assert ended.wait(PATIENCE_S)
    assert app.status().recording is None
