"""A made clip with jump cuts, through the real perception into the seconds of a session."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from overlay.monitor.measures import Meter
from overlay.monitor.records import Second
from overlay.monitor.timeline import ABSENT, SEEN, UNIDENTIFIED, Span
from overlay.perception import Perception
from overlay.scene import Frame, Image
from overlay.sources.demo import PORTRAIT

HZ = 10
#: Left edge, upper edge and height of the portrait in a frame of 640x360, or None for nobody.
Place = tuple[int, int, int] | None

#: The student for four seconds; then, cut by cut, a face elsewhere and larger, and one in between.
CUTS: list[tuple[Place, int]] = [((60, 60, 200), 4), ((330, 20, 320), 5), ((210, 60, 240), 4)]


@pytest.fixture(scope="module")
def seconds() -> list[Second]:
    portrait = np.asarray(cv2.imread(str(PORTRAIT)), np.uint8)
    meter = Meter()
    with Perception() as perception:
        places = [place for place, length in [*CUTS, (None, 3)] for _ in range(length * HZ)]
        for index, place in enumerate(places):
            time_s = index / HZ
            scene = perception.perceive(Frame(frame(portrait, place), time_s, index))
            meter.observe(scene, time_s, time_s)
    return meter.take()


def frame(portrait: Image, place: Place) -> Image:
    image = np.full((360, 640, 3), 150, np.uint8)
    if place is not None:
        x, y, height = place
        width = round(portrait.shape[1] * height / portrait.shape[0])
        image[y : y + height, x : x + width] = cv2.resize(portrait, (width, height))
    return image


def states(seconds: list[Second], start: int, end: int) -> set[str]:
    return {Span(s.time_s, s.time_s + 1, s).state for s in seconds[start:end]}


def test_before_the_cuts_the_student_is_seen(seconds: list[Second]) -> None:
    assert states(seconds, 2, 4) <= set(SEEN)


def test_after_a_cut_it_is_not_sure_who_it_is(seconds: list[Second]) -> None:
    assert states(seconds, 4, 13) == {UNIDENTIFIED}
    assert all(s.label is None and s.probabilities is None for s in seconds[4:13])


def test_an_empty_picture_is_told_as_one(seconds: list[Second]) -> None:
    assert states(seconds, 14, 16) == {ABSENT}
