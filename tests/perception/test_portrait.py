"""Reading the one face of a picture."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from overlay.perception import Perception
from overlay.perception.portrait import PortraitReader
from overlay.scene import Image


@pytest.fixture(scope="module")
def reader() -> Iterator[PortraitReader]:
    with PortraitReader() as opened:
        yield opened


def test_the_face_is_read_as_the_application_reads_it(reader: PortraitReader, portrait: Image):
    seen = reader.read(portrait)
    with Perception(smooth=False) as perception:
        (face,) = perception.perceive(portrait)
    assert seen.faces == 1
    assert seen.box is not None
    assert seen.box.iou(face.box) > 0.99
    assert seen.probabilities is not None
    assert seen.embedding is not None
    np.testing.assert_allclose(seen.probabilities, face.emotion.probabilities, atol=1e-4)
    assert seen.embedding.ndim == 1


def test_no_face_and_two_faces_are_counted(reader: PortraitReader, portrait: Image):
    assert reader.read(np.full((240, 320, 3), 128, np.uint8)) == (0, None, None, None)
    two = reader.read(np.hstack([portrait, portrait]))
    assert two.faces == 2
    assert two.embedding is None


def test_a_small_picture_that_is_all_face_is_read(reader: PortraitReader, portrait: Image):
    box = reader.read(portrait).box
    assert box is not None
    x, y, side = int(box.x), int(box.y), int(box.width)
    face = cv2.resize(portrait[y : y + side, x : x + side], (64, 64), interpolation=cv2.INTER_AREA)
    assert reader.read(np.asarray(face, np.uint8)).faces == 1
