"""Expressions that are made up from a neutral portrait."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from overlay.perception.crop import Tile
from overlay.scene import KeyPoints
from training.made_up import EMOTIONS, SIDE, Landmarks, made_up

FACE = Landmarks((0.32, 0.42), (0.68, 0.42), (0.5, 0.6), (0.5, 0.76))


def portrait() -> np.ndarray:
    """A light face with brows, eyes and a mouth, drawn dark."""
    image = np.full((SIDE, SIDE), 180, np.uint8)
    for x, y in (FACE.right_eye, FACE.left_eye):
        cv2.ellipse(image, (int(x * SIDE), int(y * SIDE)), (12, 5), 0, 0, 360, 60, -1)
        cv2.ellipse(image, (int(x * SIDE), int((y - 0.105) * SIDE)), (16, 2), 0, 0, 360, 40, -1)
    mouth = (int(FACE.mouth[0] * SIDE), int(FACE.mouth[1] * SIDE))
    cv2.ellipse(image, mouth, (24, 2), 0, 0, 360, 70, -1)
    return image


def expression(emotion: str, strength: float = 1.0) -> np.ndarray:
    return made_up(portrait(), FACE, emotion, strength, np.random.default_rng(0))


def darkness(image: np.ndarray, left: float, right: float, top: float, bottom: float) -> float:
    """The mean height of what is dark in a part of the portrait, in parts of its side."""
    rows, columns = (slice(int(a * SIDE), int(b * SIDE)) for a, b in ((top, bottom), (left, right)))
    part = np.clip(130.0 - image[rows, columns], 0, None)
    return float((part.sum(axis=1) * np.arange(len(part))).sum() / part.sum() / SIDE + top)


def inner_brow(image: np.ndarray, above: float = 0.35) -> float:
    return darkness(image, 0.36, 0.42, 0.2, above)


def test_an_angry_brow_comes_down_and_a_sad_or_surprised_one_goes_up() -> None:
    neutral = inner_brow(portrait())
    assert inner_brow(expression("angry"), above=0.38) > neutral + 0.02
    assert inner_brow(expression("sad")) < neutral - 0.01
    assert inner_brow(expression("surprise")) < neutral - 0.02


def test_the_corners_of_a_sad_mouth_come_down() -> None:
    def corner(image: np.ndarray) -> float:
        return darkness(image, 0.36, 0.41, 0.68, 0.9)

    assert corner(expression("sad")) > corner(portrait()) + 0.01


def test_a_surprised_mouth_opens() -> None:
    below = slice(int(0.78 * SIDE), int(0.84 * SIDE)), slice(int(0.47 * SIDE), int(0.53 * SIDE))
    assert portrait()[below].mean() > 150
    assert expression("surprise")[below].mean() < 100


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_stronger_expression_changes_more(emotion: str) -> None:
    changes = [
        np.abs(expression(emotion, strength).astype(int) - portrait()).mean()
        for strength in (0.3, 0.7, 1.1)
    ]
    assert changes == sorted(changes)
    assert changes[0] > 0


def test_landmarks_follow_the_tilt_of_the_head() -> None:
    tilt = math.radians(30)
    tile = Tile((100.0, 80.0), 60.0, tilt)

    def turned(x: float, y: float) -> tuple[float, float]:
        dx, dy = (x - 0.5) * 60, (y - 0.5) * 60
        cos, sin = math.cos(tilt), math.sin(tilt)
        return 100 + cos * dx - sin * dy, 80 + sin * dx + cos * dy

    points = [turned(*place) for place in (FACE.right_eye, FACE.left_eye, (0.5, 0.6), FACE.mouth)]
    found = Landmarks.of(KeyPoints(*points, (0, 0), (0, 0)), tile)
    for place, wanted in ((found.right_eye, FACE.right_eye), (found.mouth, FACE.mouth)):
        assert place == pytest.approx(wanted)
