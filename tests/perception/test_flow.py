"""Faces are followed by how their key points move, and given up when they cannot be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.flow import Flow
from overlay.scene import Image


@pytest.fixture(scope="module")
def picture(portrait: Image) -> Image:
    """The portrait in the middle of a 720p frame."""
    frame = np.full((720, 1280, 3), 120, np.uint8)
    frame[60:660, 384:896] = portrait
    return frame


@pytest.fixture(scope="module")
def face(detector: FaceDetector, picture: Image) -> Detection:
    (found,) = detector.detect(picture)
    return found


def motion(dx: float, dy: float, turn: float = 0, scale: float = 1) -> np.ndarray:
    """Shift, turn (degrees) and growth about the middle of the portrait, as a matrix [2, 3]."""
    matrix = cv2.getRotationMatrix2D((640, 360), turn, scale)
    matrix[:, 2] += dx, dy
    return np.asarray(matrix)


def moved(picture: Image, *change: float) -> Image:
    gray = (120, 120, 120)
    return np.asarray(cv2.warpAffine(picture, motion(*change), (1280, 720), borderValue=gray))


def followed(picture: Image, face: Detection, after: Image) -> Detection | None:
    flow = Flow()
    flow.look(picture)
    flow.follow({})
    flow.look(after)
    return flow.follow({7: face}).get(7)


@pytest.mark.parametrize(
    "change", [(0, 0), (12, -8), (0, 0, 5), (0, 0, 0, 1.06), (-9, 5, -4, 0.95)], ids=str
)
def test_a_face_is_found_where_it_went(
    picture: Image, face: Detection, change: tuple[float, ...]
) -> None:
    found = followed(picture, face, moved(picture, *change))
    assert found is not None
    wanted = np.c_[np.array(face.keypoints), np.ones(6)] @ motion(*change).T
    assert np.abs(np.array(found.keypoints) - wanted).max() < 0.015 * face.box.width
    scale = change[3] if len(change) > 3 else 1
    assert found.box.width == pytest.approx(scale * face.box.width, rel=0.01)
    assert found.score == face.score


def test_a_face_that_is_gone_is_given_up(picture: Image, face: Detection) -> None:
    assert followed(picture, face, np.full_like(picture, 120)) is None


def test_a_face_that_something_covers_is_given_up(picture: Image, face: Detection) -> None:
    after = picture.copy()
    x, y = map(round, face.box.center)
    after[y : y + 200, x - 200 : x + 200] = 40
    assert followed(picture, face, after) is None


def test_without_a_picture_before_there_is_nothing_to_follow(
    picture: Image, face: Detection
) -> None:
    flow = Flow()
    assert flow.look(picture) == 255
    assert flow.follow({1: face}) == {}
    flow.look(np.zeros((480, 640, 3), np.uint8))
    assert flow.follow({1: face}) == {}


def test_noise_is_no_change_but_a_movement_is(picture: Image) -> None:
    random = np.random.default_rng(0)
    noisy = np.clip(picture + random.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    flow = Flow()
    flow.look(picture)
    flow.follow({})
    assert flow.look(noisy) < 8
    assert flow.look(moved(picture, 3, 0)) > 8


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (481, 961)])
def test_pictures_of_any_shape_are_taken(shape: tuple[int, int]) -> None:
    flow = Flow()
    picture = np.zeros((*shape, 3), np.uint8)
    flow.look(picture)
    flow.follow({})
    assert flow.look(picture) == 0
