"""The head's pose from six points: exact for the average head, honest for real ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.monitor.pose import _HEAD, pose_of
from overlay.perception.detector import FaceDetector
from overlay.scene import Image, KeyPoints
from tests.clips import CLIPS, read_clip


def seen(yaw: float = 0, pitch: float = 0, roll: float = 0, scale: float = 10) -> KeyPoints:
    """The average head turned to its left, nodded up and tilted, as a picture shows it."""
    y, p, r = (math.radians(angle) for angle in (yaw, -pitch, roll))
    turn = [[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]]
    nod = [[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]]
    tilt = [[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]]
    points = _HEAD @ (np.array(tilt) @ np.array(turn) @ np.array(nod)).T * scale
    return KeyPoints(*((float(x) + 300, 200 - float(y)) for x, y, _ in points))


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(5, 40))
def test_the_average_head_is_read_exactly(yaw, pitch, scale):
    pose = pose_of(seen(yaw, pitch, scale=scale))
    assert pose is not None
    assert pose.error_deg == 8
    front = math.atan2(math.sin(math.radians(yaw)), math.cos(math.radians(yaw)))
    assert pose.yaw_deg == pytest.approx(math.degrees(front), abs=1e-6)
    assert pose.pitch_deg == pytest.approx(pitch, abs=1e-6)


@given(st.floats(-45, 45))
def test_a_tilted_head_that_looks_into_the_camera_is_not_turned(roll):
    pose = pose_of(seen(roll=roll))
    assert pose is not None
    assert (pose.yaw_deg, pose.pitch_deg) == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize(
    ("yaw", "pitch", "away"), [(0, 0, 0), (37, 0, 0), (39, 0, 1), (-39, 0, 1), (0, -34, 1)]
)
def test_away_is_beyond_doubt(yaw, pitch, away):
    pose = pose_of(seen(yaw, pitch))
    assert pose is not None
    assert pose.away == bool(away)


def test_points_that_are_no_head_have_no_pose():
    scattered = KeyPoints((0, 0), (10, 90), (80, 20), (30, 30), (90, 90), (5, 60))
    assert pose_of(scattered) is None
    assert pose_of(KeyPoints(*[(5.0, 5.0)] * 6)) is None
    assert pose_of(KeyPoints(*[(math.nan, 0.0)] * 6)) is None


@pytest.fixture(scope="module")
def detector():
    opened = FaceDetector()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pictures(clip_path: Callable[[str], Path]) -> Callable[[str], list[Image]]:
    """Gives the frames of a clip."""
    return lambda name: [frame.image for frame in read_clip(clip_path(name))]


@pytest.mark.parametrize("name", ["calm", "smiling", "head-pose-face-detection-male"])
def test_people_who_look_into_the_camera(detector, pictures, name):
    for picture in pictures(name)[::10]:
        pose = pose_of(detector.detect(picture)[0].keypoints)
        assert pose is not None
        assert abs(pose.yaw_deg) < 2 * pose.error_deg
        assert abs(pose.pitch_deg) < 2 * pose.error_deg
        assert not pose.away


def test_a_head_that_turns_from_side_to_side(detector, pictures):
    for index, picture in list(enumerate(pictures("turning")))[::5]:
        pose = pose_of(detector.detect(picture)[0].keypoints)
        assert pose is not None
        (person,) = CLIPS["turning"].shown(index)
        assert abs(pose.yaw_deg - person.turn_deg) < 2 * pose.error_deg
        assert abs(pose.pitch_deg) < 2 * pose.error_deg
        if abs(person.turn_deg) > 20:
            assert pose.yaw_deg * person.turn_deg > 0


def test_a_woman_who_looks_right_then_ahead_then_left(detector, pictures):
    # Looked at by eye: far to her right until frame 5, ahead at 8, to her left at 12.
    frames = pictures("head-pose-face-detection-female")
    poses = {i: pose_of(detector.detect(frames[i])[0].keypoints) for i in (0, 4, 8, 12)}
    assert all(poses.values())
    assert poses[0].away
    assert poses[4].away
    assert not poses[8].away
    assert poses[0].yaw_deg < -40
    assert abs(poses[8].yaw_deg) < 2.5 * poses[8].error_deg
    assert poses[12].yaw_deg > 25


@pytest.mark.parametrize(
    "names",
    [
        ["calm", "smiling", "turning"],
        ["head-pose-face-detection-male", "head-pose-face-detection-female"],
    ],
    ids=["made", "real"],
)
def test_a_picture_and_its_mirror_image_agree_within_the_error(detector, pictures, names):
    differences = []
    for name in names:
        for picture in pictures(name)[::5]:
            mirrored = np.asarray(cv2.flip(picture, 1), np.uint8)
            pose, other = (pose_of(detector.detect(p)[0].keypoints) for p in (picture, mirrored))
            assert pose is not None
            assert other is not None
            differences.append((pose.yaw_deg + other.yaw_deg) / pose.error_deg)
            differences.append((pose.pitch_deg - other.pitch_deg) / pose.error_deg)
    assert np.sqrt(np.mean(np.square(differences))) < 1
