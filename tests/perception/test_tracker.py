"""Faces keep their numbers, boxes are steady, and velocity is what it should be."""

from __future__ import annotations

import copy
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.detector import Detection
from overlay.perception.tracker import COAST_S, FORGET_S, Track, Tracker
from overlay.scene import STILL, Box, KeyPoints

HZ = 15


def seen(x: float, y: float = 200, width: float = 80, score: float = 0.9) -> Detection:
    """A face with its centre at x, y."""
    box = Box(x - width / 2, y - width / 2, width, width)
    eyes = (x - width / 5, y - width / 8), (x + width / 5, y - width / 8)
    return Detection(box, score, KeyPoints(*eyes, (x, y), (x, y + width / 4), (x, y), (x, y)))


def follow(tracker: Tracker, frames: list[list[Detection]], hz: float = HZ) -> list[list[Track]]:
    """The tracks shown in each frame, as they were then."""
    return [
        [copy.copy(track) for track in tracker.update(found, i / hz)]
        for i, found in enumerate(frames)
    ]


def ids(tracks: list[Track]) -> list[int]:
    return [t.id for t in tracks]


def test_a_sure_face_is_shown_at_once_and_a_doubtful_one_at_second_sight() -> None:
    tracker = Tracker()
    assert ids(tracker.update([seen(100), seen(400, score=0.55)], 0.0)) == [1]
    assert ids(tracker.update([seen(100), seen(400, score=0.55)], 0.1)) == [1, 2]


def test_a_weak_detection_keeps_a_face_but_starts_none() -> None:
    tracker = Tracker(start_score=0.5)
    tracker.update([seen(100)], 0.0)
    shown = tracker.update([seen(101, score=0.35), seen(400, score=0.35)], 0.1)
    assert ids(shown) == [1]
    assert shown[0].seen is not None
    assert len(tracker.tracks) == 1


def test_a_missed_face_is_shown_a_little_longer_and_then_not() -> None:
    tracker = Tracker()
    tracker.update([seen(100)], 0.0)
    (coasting,) = tracker.update([], COAST_S - 0.01)
    assert coasting.seen is None
    assert tracker.update([], COAST_S + 0.01) == []


def test_a_face_keeps_its_number_over_a_gap_and_loses_it_over_a_long_one() -> None:
    tracker = Tracker()
    tracker.update([seen(100)], 0.0)
    tracker.update([], 0.3)
    assert ids(tracker.update([seen(110)], FORGET_S - 0.05)) == [1]
    late = FORGET_S - 0.05 + FORGET_S + 0.01
    assert ids(tracker.update([seen(110)], late)) == [2]


def test_numbers_are_not_used_again_after_forgetting() -> None:
    tracker = Tracker()
    tracker.update([seen(100)], 0.0)
    tracker.forget()
    assert ids(tracker.update([seen(100)], 0.0)) == [2]


@pytest.mark.parametrize("hz", [5, 15, 30])
def test_a_moving_face_keeps_its_number_and_its_speed_is_measured(hz: float) -> None:
    tracker = Tracker()
    frames = [[seen(100 + 150 * i / hz)] for i in range(int(2 * hz))]
    shown = follow(tracker, frames, hz)
    assert {n for tracks in shown for n in ids(tracks)} == {1}
    (track,) = shown[-1]
    # 150 px a second, less the dead zone of 0.15 box widths.
    assert track.velocity.x == pytest.approx(150 - 12, rel=0.05)
    assert abs(track.velocity.y) < 1
    assert abs(track.box.center[0] - frames[-1][0].box.center[0]) < 4


def test_a_face_that_comes_closer_grows() -> None:
    shown = follow(Tracker(), [[seen(300, width=60 * math.exp(0.5 * i / HZ))] for i in range(30)])
    (track,) = shown[-1]
    assert 0.25 < track.velocity.growth < 0.5
    assert abs(track.velocity.x) < 1


def test_a_still_face_that_jitters_has_no_velocity_and_a_steadier_box() -> None:
    noise = np.random.default_rng(1).normal(0, 0.6, (150, 2))
    shown = follow(Tracker(), [[seen(*(np.array((300, 200)) + n).round())] for n in noise])
    settled = [tracks[0] for tracks in shown]
    assert np.mean([t.velocity == STILL for t in settled]) > 0.9
    # A tenth of a second of the worst of it moves the box by about a pixel.
    assert max(math.hypot(*t.velocity[:2]) for t in settled) < 12


def test_smoothing_makes_the_box_steadier() -> None:
    noise = np.random.default_rng(1).normal(0, 1.0, 150)
    tracker = Tracker()
    smooth = [tracker.update([seen(300 + n)], i / HZ)[0].box.x for i, n in enumerate(noise)]
    assert np.abs(np.diff(smooth)).mean() < 0.5 * np.abs(np.diff(noise)).mean()


@pytest.mark.parametrize("hidden", [0, 3, 6], ids=["both seen", "0.2 s hidden", "0.4 s hidden"])
def test_two_faces_that_cross_keep_their_numbers(hidden: int) -> None:
    frames = []
    for i in range(46):
        right, left = seen(100 + 8 * i, y=200), seen(460 - 8 * i, y=225)
        # The face behind is hidden around the middle, as by the detector's suppression.
        frames.append([left] if abs(i - 22.5) < hidden / 2 else [right, left])
    tracker = Tracker()
    shown = follow(tracker, frames)
    at_end = {t.id: t.box.center[0] for t in shown[-1]}
    at_start = {t.id: t.box.center[0] for t in shown[0]}
    assert set(at_end) == {1, 2}
    assert (at_start[1] < at_start[2]) != (at_end[1] < at_end[2])


def test_key_points_stay_with_their_box() -> None:
    (track,) = follow(Tracker(), [[seen(100 + 10 * i)] for i in range(20)])[-1]
    x, y = track.box.center
    assert track.keypoints.mouth == pytest.approx((x, y + track.box.width / 4))


detections = st.builds(
    seen, st.floats(0, 600), st.floats(0, 400), st.floats(1, 200), st.floats(0.3, 1)
)
gaps = st.floats(0.0, 0.9)
clips = st.lists(st.tuples(st.lists(detections, max_size=5), gaps), max_size=12)


@given(clips)
def test_numbers_are_unique_in_a_frame_and_never_come_back(
    clip: list[tuple[list[Detection], float]],
) -> None:
    tracker, time_s, gone, last = Tracker(), 0.0, set[int](), set[int]()
    for found, gap in clip:
        time_s += gap
        shown = tracker.update(found, time_s)
        numbers = ids(shown)
        assert len(numbers) == len(set(numbers))
        known = set(ids(tracker.tracks))
        gone |= last - known
        assert not known & gone
        last = known
        assert sum(t.seen is not None for t in tracker.tracks) <= len(found)


@given(clips, st.integers(0, 100))
def test_the_order_of_detections_does_not_matter(
    clip: list[tuple[list[Detection], float]], seed: int
) -> None:
    one, other, time_s = Tracker(), Tracker(), 0.0
    for found, gap in clip:
        time_s += gap
        shuffled = random.Random(seed).sample(found, len(found))
        first, second = one.update(found, time_s), other.update(shuffled, time_s)
        assert [(t.id, t.box) for t in first] == [(t.id, t.box) for t in second]


@given(clips)
def test_boxes_and_velocities_are_finite(clip: list[tuple[list[Detection], float]]) -> None:
    tracker, time_s = Tracker(), 0.0
    for found, gap in clip:
        time_s += gap
        for track in tracker.update(found, time_s):
            assert np.isfinite([*track.box, *track.velocity, *np.ravel(track.keypoints)]).all()
            assert min(track.box.width, track.box.height) > 0
