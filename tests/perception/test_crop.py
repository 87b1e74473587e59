"""Crops have the geometry of the training tiles."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.crop import OFFSET, SIDE, Tile, crop, crop_faces, tile_of
from overlay.perception.detector import FaceDetector
from overlay.scene import Box, Image, KeyPoints


def _noise(height: int, width: int) -> tuple[np.ndarray, Image]:
    gray = np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)
    return gray, np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8)


def _face(box: Box, roll: float = 0.0) -> tuple[Box, KeyPoints]:
    x, y = box.center
    dx, dy = math.cos(roll) * box.width / 5, math.sin(roll) * box.width / 5
    return box, KeyPoints((x - dx, y - dy), (x + dx, y + dy), *[(x, y)] * 4)


def test_a_tile_of_the_crops_size_is_cut_pixel_for_pixel() -> None:
    gray, image = _noise(60, 70)
    assert np.array_equal(crop(image, Tile((6 + 24, 5 + 24), 48, 0.0), 48), gray[5:53, 6:54])


def test_a_head_on_its_side_is_put_upright() -> None:
    gray, image = _noise(60, 60)
    # Tilted a quarter turn clockwise in the picture; upright again it turns back.
    cut = crop(image, Tile((30, 30), 48, math.pi / 2), 48)
    assert np.array_equal(cut, np.rot90(gray[6:54, 6:54]))


def test_the_border_is_repeated_beyond_the_frame() -> None:
    gray, image = _noise(40, 40)
    padded = np.pad(gray, 30, mode="edge")
    for x, y in [(0, 0), (40, 40), (0, 40), (-5, 20)]:
        cut = crop(image, Tile((x, y), 48, 0.0), 48)
        assert np.array_equal(cut, padded[y + 6 : y + 54, x + 6 : x + 54])


def test_a_large_face_is_averaged_not_sampled() -> None:
    # Lines one pixel wide: sampling sees black or white, averaging sees gray.
    image = np.zeros((480, 480, 3), np.uint8)
    image[:, ::2] = 255
    cut = crop(image, Tile((240, 240), 480, 0.0), 48)
    assert np.abs(cut.astype(int) - 127).max() <= 2


def test_colours_are_weighed_as_in_television() -> None:
    image = np.full((60, 60, 3), (200, 100, 50), np.uint8)
    expected = round(0.114 * 200 + 0.587 * 100 + 0.299 * 50)
    assert np.all(crop(image, Tile((30, 30), 48, 0.0), 48) == expected)


@given(st.floats(-math.pi + 0.01, math.pi - 0.01))
def test_the_tile_turns_with_the_head(roll: float) -> None:
    box = Box(100, 80, 50, 50)
    tile = tile_of(*_face(box, roll))
    assert tile.roll == pytest.approx(roll)
    assert tile.side == pytest.approx(SIDE * 50)
    x, y = tile.center
    distance = math.hypot(x - 125, y - 105)
    assert distance == pytest.approx(50 * math.hypot(*OFFSET))


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.builds(Box, st.floats(-90, 90), st.floats(-90, 90), st.floats(0, 90), st.floats(0, 90)),
    st.floats(-3, 3),
)
def test_no_frame_is_too_small_and_no_box_too_far_out(
    height: int, width: int, box: Box, roll: float
) -> None:
    image = np.full((height, width, 3), 77, np.uint8)
    crops = crop_faces(image, [_face(box, roll)], 48)
    assert crops.shape == (1, 1, 48, 48)
    assert np.all(crops == 77)


@pytest.mark.parametrize("scale", [0.45, 1.0, 2.5])
@pytest.mark.parametrize("angle", [-25, 0, 25])
def test_eyes_and_mouth_come_to_lie_where_training_has_them(
    detector: FaceDetector, portrait: Image, scale: float, angle: float
) -> None:
    image = _turned(portrait, scale, angle)
    (face,) = detector.detect(image)
    tile = tile_of(face.box, face.keypoints)
    points = face.keypoints
    expected = {"right_eye": (0.32, 0.40), "left_eye": (0.69, 0.40), "mouth": (0.52, 0.77)}
    for name, place in expected.items():
        assert _place(getattr(points, name), tile) == pytest.approx(place, abs=0.08)


def test_a_tilted_portrait_gives_the_crop_of_the_upright_one(
    detector: FaceDetector, portrait: Image
) -> None:
    upright, tilted = (
        crop_faces(image, [detector.detect(image)[0][::2]], 48)[0, 0].astype(float).ravel()
        for image in (portrait, _turned(portrait, 1.0, 25))
    )
    assert np.corrcoef(upright, tilted)[0, 1] > 0.8


def _turned(image: Image, scale: float, angle: float) -> Image:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    matrix[:, 2] += width * (scale - 1) / 2, height * (scale - 1) / 2
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_AREA), np.uint8)


def _place(point: tuple[float, float], tile: Tile) -> tuple[float, float]:
    """Where a point of the frame lies in the tile, 0 to 1."""
    dx, dy = (point[0] - tile.center[0]) / tile.side, (point[1] - tile.center[1]) / tile.side
    cos, sin = math.cos(tile.roll), math.sin(tile.roll)
    return 0.5 + cos * dx + sin * dy, 0.5 + cos * dy - sin * dx
