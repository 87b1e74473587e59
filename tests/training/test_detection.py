"""Composed pictures have faces where they say, and what is found is counted rightly."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Box, Image, KeyPoints
from overlay.sources.demo import PORTRAIT
from training.detection import (
    WIDTHS,
    Case,
    Count,
    Portrait,
    close_ups,
    compose,
    matched,
    measure,
    read_pictures,
    read_portraits,
    without_faces,
)
from training.errors import LabelError

FACE = Box(100, 100, 50, 50)


@pytest.fixture(scope="module")
def portraits() -> list[Portrait]:
    image = np.asarray(cv2.imread(str(PORTRAIT)), np.uint8)
    detector = FaceDetector()
    (face,) = detector.detect(image)
    detector.close()
    return [Portrait(image, face.box)]


def found(*boxes: Box) -> list[Detection]:
    return [Detection(box, 0.9, KeyPoints(*[box.center] * 6)) for box in boxes]


def test_each_face_counts_once_and_only_where_it_is() -> None:
    near, far = FACE._replace(x=104), FACE._replace(x=400)
    assert matched([near], [FACE]) == 1
    assert matched([near, FACE], [FACE]) == 1
    assert matched([far], [FACE]) == 0
    assert matched([near], [FACE, FACE]) == 1


def test_missed_faces_and_false_ones_are_counted() -> None:
    image = np.zeros((300, 300, 3), np.uint8)
    count = Count()
    count.add(Case("", image, (FACE,)), found(FACE, FACE._replace(y=200)))
    count.add(Case("", image, (FACE,)), [])
    assert count == Count(pictures=2, faces=2, found=1, false=1, spoilt=1)


def test_portraits_are_composed_at_every_size_in_colour_gray_and_turned(
    portraits: list[Portrait],
) -> None:
    wall = np.full((90, 160, 3), 130, np.uint8)
    cases = list(compose(portraits, [wall], rounds=1))
    assert len({case.kind for case in cases}) == len(WIDTHS) * 2 * 4
    for case in cases:
        sizes = {(1280, 720), (720, 1280)}
        assert case.image.shape[1::-1] in sizes
        assert case.faces
        for x, y, width, height in case.faces:
            assert x >= 0
            assert y >= 0
            assert x + width <= case.image.shape[1] + 1
            assert y + height <= case.image.shape[0] + 1
        if "gray" in case.kind:
            assert (case.image[..., 0] == case.image[..., 2]).all()


def test_faces_are_where_the_composition_says(portraits: list[Portrait]) -> None:
    wall = np.full((720, 1280, 3), 130, np.uint8)
    detector = FaceDetector()

    def find(image: Image) -> list[Detection]:
        return detector.detect(image)

    cases = [case for case in compose(portraits, [wall], rounds=1) if case.kind == "160 px"]
    counts = measure(find, iter([*cases, *without_faces([("wall", wall)])]))
    detector.close()
    assert counts["160 px"].found == counts["160 px"].faces > 0
    assert counts["no face: wall"] == Count(pictures=1)


def test_close_ups_are_the_face_alone(portraits: list[Portrait]) -> None:
    tight, framed = close_ups(portraits)
    assert tight.image.shape == (100, 100, 3)
    assert framed.faces == (Box(50, 50, 100, 100),)
    assert framed.image[:50].max() == 0


def test_folders_without_pictures_are_refused_in_one_line(tmp_path: Path) -> None:
    detector = FaceDetector()
    with pytest.raises(LabelError, match="no pictures"):
        read_pictures(tmp_path)
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((90, 160, 3), 130, np.uint8))
    with pytest.raises(LabelError, match="exactly one face"):
        read_portraits(tmp_path, detector)
    detector.close()
