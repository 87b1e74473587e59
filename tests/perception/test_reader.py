"""Many faces are read in turn: those first that were not read for longest."""

from __future__ import annotations

import numpy as np
import pytest

from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.reader import Reader
from overlay.scene import Image
from tests.perception.conftest import BuildModel


@pytest.fixture
def reader(build_model: BuildModel) -> Reader:
    return Reader(build_model())


@pytest.fixture(scope="module")
def faces(detector: FaceDetector, portrait: Image) -> dict[int, Detection]:
    """Five tracks of the same face."""
    (face,) = detector.detect(portrait)
    return dict.fromkeys(range(1, 6), face)


def test_new_faces_come_first_and_then_the_oldest(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    order = []
    before: dict[int, float | None] = dict.fromkeys(faces, None)
    for turn in range(6):
        reader.read(portrait, faces, float(turn), most=2)
        now = {number: reader.read_s(number) for number in faces}
        order.append(sorted(n for n in faces if now[n] != before[n]))
        before = now
    assert order == [[1, 2], [3, 4], [1, 5], [2, 3], [1, 4], [2, 5]]


def test_a_face_keeps_its_emotion_until_it_is_read_again(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    reader.read(portrait, faces, 0.0)
    first = reader.emotion(5)
    reader.read(np.zeros_like(portrait), faces, 1.0, most=4)
    assert first is not None
    assert reader.emotion(5) == first
    assert reader.emotion(1) != first


def test_a_face_that_is_not_kept_is_forgotten(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    reader.read(portrait, faces, 0.0)
    reader.keep([2])
    assert reader.emotion(1) is None
    assert reader.read_s(1) is None
    assert reader.luminance(1) is None
    assert reader.emotion(2) is not None
