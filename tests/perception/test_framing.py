"""Faces that fill a picture are found, too."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from overlay.perception import Perception
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.framing import find_faces
from overlay.scene import Image


def _tight(detector: FaceDetector, portrait: Image) -> Image:
    (face,) = detector.detect(portrait)
    x, y, side = int(face.box.x), int(face.box.y), int(face.box.width)
    return portrait[y : y + side, x : x + side]


def test_a_picture_with_room_around_the_face_is_looked_at_once(
    detector: FaceDetector, portrait: Image
) -> None:
    assert find_faces(detector, portrait) == detector.detect(portrait)


def test_a_small_gray_portrait_cut_at_the_face_is_found(
    detector: FaceDetector, portrait: Image
) -> None:
    gray = cv2.cvtColor(_tight(detector, portrait), cv2.COLOR_BGR2GRAY)
    small = cv2.cvtColor(
        cv2.resize(gray, (56, 56), interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR
    )
    assert detector.detect(np.asarray(small, np.uint8)) == []
    (face,) = find_faces(detector, np.asarray(small, np.uint8))
    assert abs(face.box.center[0] - 28) < 8
    assert abs(face.box.center[1] - 28) < 8
    assert 35 < face.box.width < 75
    right, left = face.keypoints[:2]
    assert 0 < right[0] < left[0] < 56


def test_where_there_is_no_face_framing_finds_none(detector: FaceDetector) -> None:
    rng = np.random.default_rng(0)
    for picture in (
        np.full((64, 64, 3), 90, np.uint8),
        rng.integers(0, 255, (90, 90, 3), np.uint8),
    ):
        assert find_faces(detector, picture) == []


def test_a_picture_judged_alone_is_framed(detector: FaceDetector, portrait: Image) -> None:
    small = cv2.resize(_tight(detector, portrait), (56, 56), interpolation=cv2.INTER_AREA)
    with Perception(smooth=False) as perception:
        (face,) = perception.perceive(np.asarray(small, np.uint8))
    assert face.emotion is not None


class Blind:
    """A detector that finds nothing, and remembers how large the pictures were."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def detect(self, image: Image) -> list[Detection]:
        self.sizes.append(image.size)
        return []


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 2), (1, 1), (3_000, 6_000)])
def test_a_picture_of_an_extreme_shape_takes_no_extreme_memory(size: tuple[int, int]) -> None:
    blind = Blind()
    find_faces(blind, np.zeros((*size, 3), np.uint8))  # type: ignore[arg-type]
    assert blind.sizes[1] <= 60_000_000
