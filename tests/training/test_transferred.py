"""A smile that is measured on one face and shown on another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from training.made_up import SIDE, Landmarks
from training.transferred import Smile

FACE = Landmarks((0.32, 0.42), (0.68, 0.42), (0.5, 0.6), (0.5, 0.76))
#: Somebody with a lower mouth and eyes closer together, a little to the left.
OTHER = Landmarks((0.31, 0.40), (0.63, 0.40), (0.47, 0.6), (0.47, 0.79))


def portrait(face: Landmarks, smile: float = 0.0) -> np.ndarray:
    """A drawn face whose corners of the mouth are higher by `smile`, in parts of the side."""
    image = np.full((SIDE, SIDE), 170, np.uint8)
    for x, y in (face.right_eye, face.left_eye):
        cv2.circle(image, (round(x * SIDE), round(y * SIDE)), 7, 40, -1)
    x, y = face.nose
    cv2.circle(image, (round(x * SIDE), round(y * SIDE)), 5, 120, -1)
    along = np.linspace(-1, 1, 21)
    points = np.stack([face.mouth[0] + 0.14 * along, face.mouth[1] - smile * along**2], axis=1)
    cv2.polylines(image, [np.round(points * SIDE).astype(np.int32)], False, 60, 5)
    noise = np.random.default_rng(0).integers(-6, 6, image.shape)
    return cv2.GaussianBlur(np.clip(image + noise, 0, 255).astype(np.uint8), (0, 0), 1)


def corner_height(image: np.ndarray, face: Landmarks) -> float:
    """How high the corners of the mouth are above its middle, in pixels."""

    def height(at: float) -> float:
        column = round((face.mouth[0] + at) * SIDE)
        top, bottom = (round((face.mouth[1] + d) * SIDE) for d in (-0.1, 0.06))
        dark = np.clip(150.0 - image[top:bottom, column - 2 : column + 3], 0, None).sum(axis=1)
        return float((dark * np.arange(len(dark))).sum() / dark.sum())

    return height(0) - (height(-0.125) + height(0.125)) / 2


@pytest.fixture(scope="module")
def smile() -> Smile:
    return Smile.between(portrait(FACE), portrait(FACE, smile=0.05), FACE, FACE)


@pytest.mark.parametrize("face", [FACE, OTHER], ids=["the same face", "another"])
def test_the_corners_of_the_mouth_rise_with_its_strength(smile: Smile, face: Landmarks) -> None:
    heights = [corner_height(smile.on(portrait(face), face, each), face) for each in (0, 0.6, 1)]
    assert abs(heights[0]) < 1
    assert heights[1] > 1
    assert heights[2] > heights[1] + 1


def test_the_eyes_and_what_is_around_the_face_stay(smile: Smile) -> None:
    before, after = portrait(FACE), smile.on(portrait(FACE), FACE, 1)
    assert np.abs(after[:100].astype(int) - before[:100]).mean() < 2


def test_faint_smiles_are_smaller_than_plain_ones(smile: Smile) -> None:
    faint = Smile.between(portrait(FACE), portrait(FACE, smile=0.02), FACE, FACE)
    assert 0 < faint.size < smile.size


def test_a_head_that_is_held_differently_is_no_smile() -> None:
    right, down = 6, 4
    moved = Landmarks(*((x + right / SIDE, y + down / SIDE) for x, y in FACE.points))
    image = np.roll(portrait(FACE), (down, right), axis=(0, 1))
    assert Smile.between(portrait(FACE), image, FACE, moved).size < 0.01
