"""Single pictures: faces of all sizes are found, also in turned pictures, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception import Perception
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.face_check import FaceCheck
from overlay.perception.picture_search import (
    DOUBTFUL,
    _regions,
    _turned_back,
    candidates,
    find_faces,
)
from overlay.scene import Box, Image, KeyPoints
from tests.clips import COLLINS, HOPPER, Person

Find = Callable[[Image], list[Detection]]


@pytest.fixture(scope="module")
def find() -> Iterator[Find]:
    detector = FaceDetector(threshold=DOUBTFUL)
    check = FaceCheck(detector)
    yield lambda image: find_faces(detector, check, image)
    detector.close()


def _wall(width: int, height: int) -> Image:
    """A wall lit from the left."""
    light = np.linspace(150, 210, width, dtype=np.uint8)
    return np.ascontiguousarray(np.broadcast_to(light[None, :, None], (height, width, 3)))


def _put(image: Image, person: Person, face: float, corner: tuple[int, int]) -> Box:
    """Put a portrait with a face of this width into a picture; returns where the face is."""
    scale = face / person.side
    size = [round(scale * each) for each in person.portrait.shape[1::-1]]
    small = cv2.resize(person.portrait, size, interpolation=cv2.INTER_AREA)
    (x, y), (width, height) = corner, size
    image[y : y + height, x : x + width] = small
    cx, cy = person.center
    return Box(x + scale * cx - face / 2, y + scale * cy - face / 2, face, face)


def _gray(image: Image) -> Image:
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8)


def _are_at(found: list[Detection], places: list[Box]) -> bool:
    """Whether each place has a face, and each face a place of its own."""
    near = [max(found, key=lambda each: each.box.iou(place)) for place in places]
    close = [each.box.iou(place) > 0.4 for each, place in zip(near, places, strict=True)]
    return len(found) == len(places) and all(close) and len({*near}) == len(places)


def _tight(person: Person) -> Image:
    (x, y), reach = person.center, person.side // 2
    return person.portrait[y - reach : y + reach, x - reach : x + reach]


@pytest.mark.parametrize("gray", [False, True], ids=["colour", "gray"])
@pytest.mark.parametrize("width", [24, 32, 48, 96, 200])
def test_faces_of_24_pixels_and_more_are_found_in_a_large_picture(
    find: Find, width: int, gray: bool
) -> None:
    image = _wall(1280, 720)
    places = [
        _put(image, HOPPER, width, (80, 60)),
        _put(image, COLLINS, width, (700, 100)),
    ]
    assert _are_at(find(_gray(image) if gray else image), places)


def test_a_picture_of_twelve_megapixels_may_have_small_faces_and_a_large_one(find: Find) -> None:
    image = _wall(4000, 3000)
    places = [_put(image, HOPPER, 32, (3700, 2800)), _put(image, COLLINS, 900, (300, 200))]
    assert _are_at(find(image), places)


def test_each_of_24_faces_in_a_class_is_found_once(find: Find) -> None:
    image = _wall(1280, 720)
    cells = [(30 + 212 * (i % 6), 20 + 176 * (i // 6)) for i in range(24)]
    places = [_put(image, HOPPER, 46, cell) for cell in cells]
    assert _are_at(find(image), places)


@pytest.mark.parametrize("person", [HOPPER, COLLINS], ids=lambda person: person.name)
@pytest.mark.parametrize("side", [56, 100, 600])
def test_a_face_that_fills_the_picture_is_found_with_and_without_a_border(
    find: Find, person: Person, side: int
) -> None:
    tight = np.asarray(cv2.resize(_gray(_tight(person)), (side, side)), np.uint8)
    border = side // 2
    framed = np.zeros((2 * side, 2 * side, 3), np.uint8)
    framed[border : border + side, border : border + side] = tight
    assert _are_at(find(tight), [Box(0, 0, side, side)])
    assert _are_at(find(framed), [Box(border, border, side, side)])


@pytest.mark.parametrize("quarters", range(4))
def test_in_a_picture_turned_by_a_quarter_or_half_faces_are_found_and_stand_upright(
    find: Find, quarters: int
) -> None:
    image = _wall(700, 500)
    _put(image, HOPPER, 90, (20, 40))
    (upright,) = find(image)
    (turned,) = find(np.ascontiguousarray(np.rot90(image, quarters)))
    # The person's right eye is on the left of an upright face.
    right, left = (np.asarray(each) for each in turned.keypoints[:2])
    across = np.asarray([(1, 0), (0, -1), (-1, 0), (0, 1)][quarters])
    assert (left - right) @ across > 0.9 * np.hypot(*(left - right))
    assert turned.box.width == pytest.approx(upright.box.width, rel=0.15)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_class_is_not_taken_for_the_few_who_seem_to_stand_upright(
    find: Find, quarters: int
) -> None:
    image = _wall(1280, 720)
    for i in range(12):
        _put(image, (HOPPER, COLLINS)[i % 2], 46, (20 + 310 * (i % 4), 10 + 230 * (i // 4)))
    found = find(np.ascontiguousarray(np.rot90(image, quarters)))
    assert len(found) == 12


@given(
    quarters=st.integers(0, 3),
    width=st.integers(20, 60),
    height=st.integers(20, 60),
    x=st.integers(0, 9),
    y=st.integers(0, 9),
)
def test_what_is_found_in_a_turned_picture_is_where_it_was_before(
    quarters: int, width: int, height: int, x: int, y: int
) -> None:
    image = np.zeros((height, width), np.uint8)
    image[y : y + 4, x : x + 7] = 255
    rows, columns = np.nonzero(np.rot90(image, quarters))
    left, top = float(columns.min()), float(rows.min())
    box = Box(left, top, columns.max() + 1 - left, rows.max() + 1 - top)
    face = Detection(box, 0.9, KeyPoints(*[box.center] * 6))
    back = _turned_back(face, quarters, image.shape)
    assert back.box == (x, y, 7, 4)
    assert back.keypoints.nose == back.box.center


@given(
    width=st.integers(1, 5000),
    height=st.integers(1, 5000),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
def test_every_small_face_lies_whole_in_a_part_and_parts_are_few(
    width: int, height: int, x: float, y: float
) -> None:
    regions = list(_regions(width, height, 16))
    assert len(regions) <= 800
    side = min(24, width, height)
    box = Box(x * (width - side), y * (height - side), side, side)
    if max(width, height) > 400:
        assert any(region.holds(box, width, height) for region in regions)


def test_nothing_is_found_where_there_is_nothing(find: Find) -> None:
    random = np.random.default_rng(0)
    noise = random.integers(0, 255, (300, 400, 3), np.uint8)
    stars = np.zeros((436, 500, 3), np.uint8)
    for x, y in random.integers(0, 436, (400, 2)):
        cv2.circle(stars, (int(x), int(y)), int(random.exponential(1.2)), (200, 210, 220), -1)
    for picture in (_wall(640, 480), noise, cv2.GaussianBlur(stars, (3, 3), 0)):
        assert find(np.asarray(picture, np.uint8)) == []


def test_a_picture_judged_alone_is_searched_like_this() -> None:
    image = _wall(1280, 720)
    _put(image, COLLINS, 40, (200, 100))
    _put(image, HOPPER, 120, (600, 100))
    with Perception(smooth=False) as perception:
        faces = perception.perceive(image).faces
    assert [face.id for face in faces] == [1, 2]
    assert [round(face.box.width, -1) for face in faces] == pytest.approx([130, 40], abs=30)
    assert all(face.emotion is not None for face in faces)


@pytest.mark.parametrize(
    ("picture", "faces"),
    [
        ("small-faces/class.jpg", 24),
        ("close-up/close.png", 1),
        ("close-up/bordered.png", 1),
        ("sideways/sideways.jpg", 1),
        ("no-face/stars.jpg", 0),
    ],
)
def test_pictures_that_were_read_wrongly_once_are_read_right(
    shared_case: Callable[[str], Path], find: Find, picture: str, faces: int
) -> None:
    image = cv2.imread(str(shared_case(picture)))
    assert len(find(np.asarray(image, np.uint8))) == faces


def test_looking_at_several_parts_at_once_finds_the_same(
    detector: FaceDetector, portrait: Image
) -> None:
    one_by_one = candidates(detector, portrait)
    assert one_by_one
    assert candidates(detector, portrait, at_once=True) == one_by_one


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
    image = np.zeros((*size, 3), np.uint8)
    find_faces(blind, FaceCheck(blind), image)  # type: ignore[arg-type]
    assert max(blind.sizes) <= 60_000_000
    assert len(blind.sizes) <= 800
