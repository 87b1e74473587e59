"""What makes a face hard to read."""

from __future__ import annotations

import numpy as np
import pytest

from overlay.perception.detector import Detection
from overlay.perception.doubt import doubt_about
from overlay.scene import Box, KeyPoints

CLEAR = np.array([0.5, 0.15, 0.3, 0.15])
SEEN = np.array([0.01])


def face(width: float = 120, turn: float = 0.0) -> Detection:
    """A face whose nose is `turn` eye distances beside the middle."""
    nose = (60 + 40 * turn, 60.0)
    points = KeyPoints((40, 40), (80, 40), nose, (60, 80), (20, 45), (100, 45))
    return Detection(Box(0, 0, width, width), 0.9, points)


def test_a_clear_face_is_read_as_usual() -> None:
    assert doubt_about(face(), SEEN, CLEAR, 0.5) == (None, 0.5)


def test_a_covered_mouth_never_gets_a_label() -> None:
    reason, unsure_below = doubt_about(face(), np.array([0.9]), CLEAR, 0.5)
    assert reason == "covered"
    assert unsure_below > 1


@pytest.mark.parametrize(
    ("found", "quality", "reason"),
    [
        (face(turn=1.2), CLEAR, "turned"),
        (face(turn=-1.2), CLEAR, "turned"),
        (face(width=20), CLEAR, "small"),
        (face(), np.array([0.04, 0.1, 0.3, 0.15]), "dark"),
        (face(), np.array([0.5, 0.01, 0.3, 0.15]), "dark"),
        (face(), np.array([0.5, 0.15, 0.3, 0.02]), "blurred"),
    ],
)
def test_a_face_that_is_hard_to_read_needs_a_surer_reading(
    found: Detection, quality: np.ndarray, reason: str
) -> None:
    assert doubt_about(found, SEEN, quality, 0.5) == (reason, 0.8)
    assert doubt_about(found, SEEN, quality, 0.9) == (reason, 0.9)


def test_a_tilted_head_is_not_turned() -> None:
    angle = 0.9
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = [tuple(rotation @ point) for point in np.asarray(face().keypoints)]
    tilted = Detection(Box(0, 0, 120, 120), 0.9, KeyPoints(*points))
    assert doubt_about(tilted, SEEN, CLEAR, 0.5).reason is None


def test_eyes_in_one_place_are_a_profile() -> None:
    points = KeyPoints((40, 40), (40, 40), (60, 60), (60, 80), (20, 45), (100, 45))
    profile = Detection(Box(0, 0, 120, 120), 0.9, points)
    assert doubt_about(profile, SEEN, CLEAR, 0.5).reason == "turned"
