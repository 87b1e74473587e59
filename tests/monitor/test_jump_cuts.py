"""A clip with jump cuts, through the real perception into the seconds of a session."""

from __future__ import annotations

import pytest

from overlay.monitor.measures import Meter
from overlay.monitor.records import Second
from overlay.monitor.timeline import ABSENT, SEEN, UNIDENTIFIED, Span
from overlay.perception import Perception
from overlay.scene import Frame
from tests.clips import FPS, HOPPER, Clip, Shown

#: Until when, in seconds, and where; each cut shows a face elsewhere and of another size.
CUTS = [
    (4, [Shown(HOPPER, 110, 130, side=80)]),
    (9, [Shown(HOPPER, 340, 140, side=150)]),
    (13, [Shown(HOPPER, 200, 135, side=100)]),
    (16, []),
]


@pytest.fixture(scope="module")
def seconds() -> list[Second]:
    clip = Clip("cuts", CUTS[-1][0], lambda t: next(people for until, people in CUTS if t < until))
    meter = Meter()
    with Perception() as perception:
        for index in range(len(clip)):
            time_s = index / FPS
            scene = perception.perceive(Frame(clip.render(index), time_s, index))
            meter.observe(scene, time_s, time_s)
    return meter.take()


def states(seconds: list[Second]) -> set[str]:
    return {Span(s.time_s, s.time_s + 1, s).state for s in seconds}


def test_before_the_cuts_the_student_is_seen(seconds: list[Second]) -> None:
    assert states(seconds[2:4]) <= set(SEEN)


def test_after_a_cut_it_is_not_sure_who_it_is(seconds: list[Second]) -> None:
    assert states(seconds[4:13]) == {UNIDENTIFIED}
    assert all(s.label is None and s.probabilities is None for s in seconds[5:13])


def test_an_empty_picture_is_told_as_one(seconds: list[Second]) -> None:
    assert states(seconds[14:16]) == {ABSENT}
