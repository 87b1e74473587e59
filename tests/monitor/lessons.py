"""Sessions with known content, for tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

from overlay.monitor.records import EndedHow, Mark, Second, Session
from overlay.monitor.statistics import Totals, add_up
from overlay.monitor.store import Store
from overlay.monitor.students import Student
from overlay.monitor.timeline import place
from overlay.scene import EMOTIONS, UNSURE

#: Friday, 20 November 2026, 14:00 in UTC+1.
BEGAN = 1795179600.0
OFFSET_S = 3600


#: As a label, a second with a face that may not be the student's.
SOMEBODY = "somebody"


def second(
    time_s: float,
    label: str | None,
    *,
    probability: float = 0.8,
    away: float = 0.0,
    dark: float = 0.0,
    observed_s: float = 1.0,
    clock: float | None = None,
) -> Second:
    """A second with a face that looked so, with `SOMEBODY`, or with None one without a face."""
    clock = BEGAN + time_s if clock is None else clock
    if label in (None, SOMEBODY):
        nobody = (None, None, None, None, None)
        somebody = float(label == SOMEBODY)
        return Second(
            time_s, clock, observed_s, 0.0, 0.0, *nobody, 0.0, None, 0.0, unidentified=somebody
        )
    rest = (1 - probability) / 6
    probabilities = tuple(probability if name == label else rest for name in EMOTIONS)
    pose = (2.0, 1.0, 6.0)
    unsure = float(label == UNSURE)
    return Second(
        time_s, clock, observed_s, 1.0, unsure, probabilities, label, *pose, away, 0.3, dark
    )


def seconds(*parts: tuple[str | None, int], start: int = 0) -> list[Second]:
    """Seconds that follow each other: `("happy", 40), (None, 10)`."""
    labels = [label for label, count in parts for _ in range(count)]
    return [second(float(start + index), label) for index, label in enumerate(labels)]


def session(
    length_s: float,
    *,
    number: int = 1,
    title: str = "Physics, lesson 4",
    began: float = BEGAN,
    ended_how: EndedHow = "stopped",
    pauses: Iterable[tuple[float, float]] = (),
    marks: Iterable[tuple[float, str]] = (),
    goal: str = "",
) -> Session:
    """A session of this length; pauses and marks are given in seconds since its beginning."""
    ended = None if ended_how == "running" else began + length_s
    paused = tuple((began + start, began + end) for start, end in pauses)
    marked = tuple(Mark(*mark) for mark in marks)
    versions = ("0.1.0", "test")
    return Session(
        number, title, began, ended, OFFSET_S, ended_how, *versions, paused, marked, goal
    )


def totals(*parts: tuple[str | None, int]) -> Totals:
    """What such seconds add up to."""
    recorded = seconds(*parts)
    return add_up(place(session(len(recorded)), recorded))


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Session, list[Second]]:
    """Any session: holes, pauses that fit or not, any labels, ended or not."""
    steps = draw(st.lists(st.integers(1, 40), max_size=60))
    labels = st.sampled_from([*EMOTIONS, UNSURE, SOMEBODY, None])
    at, recorded = 0, []
    for step in steps:
        recorded.append(second(float(at), draw(labels), observed_s=draw(st.floats(0, 1))))
        at += draw(st.sampled_from([1, 1, 1, step]))
    length = at + draw(st.floats(0, 100))
    edges = sorted(draw(st.lists(st.floats(0, length + 1), max_size=6)))
    pauses = list(zip(edges[::2], edges[1::2], strict=False))
    return session(length, pauses=pauses), recorded


def record(student: Student, told: Session, recorded: list[Second]) -> int:
    """Put a session into a student's store; returns its number there."""
    with Store.open(student.store_path, recording=True) as store:
        number = store.begin_session(
            title=told.title,
            began=told.began,
            utc_offset_s=told.utc_offset_s,
            app_version=told.app_version,
            model_version=told.model_version,
            goal=told.goal,
        )
        shift = told.began - BEGAN
        store.append(number, [row._replace(clock=row.clock + shift) for row in recorded])
        store.set_pauses(number, told.pauses)
        store.add_marks(number, told.marks)
        if told.ended is not None:
            store.end_session(number, ended=told.ended, how=told.ended_how)
    return number


@contextmanager
def locked(student: Student) -> Iterator[None]:
    """Another program keeps the database, so that the end of a session takes a while to write."""
    other = sqlite3.connect(student.store_path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()
