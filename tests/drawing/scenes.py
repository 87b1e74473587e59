"""A real portrait and made-up readings of it, for tests and the gallery of this room."""

from __future__ import annotations

import cv2
import numpy as np

from overlay.scene import EMOTIONS, Box, Emotion, Face, Image, KeyPoints, Scene
from overlay.sources.demo import PORTRAIT

#: The face in the portrait: x, y, width, height as fractions of its width and height.
_FACE = (0.335, 0.195, 0.35, 0.335)


def portrait(height: int) -> tuple[Image, Box]:
    """Grace Hopper, 1984 (public domain), and the box of her face."""
    image = cv2.imread(str(PORTRAIT))
    assert image is not None, PORTRAIT
    width = round(image.shape[1] * height / image.shape[0])
    x, y, w, h = _FACE
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8), Box(x * width, y * height, w * width, h * height)


def emotion(label: str, probability: float, candidate: str = "neutral") -> Emotion:
    """An emotion whose other probabilities fall off unevenly; `candidate` for unsure ones."""
    best = label if label in EMOTIONS else candidate
    shares = np.array([5, 2, 4, 3, 6, 1, 8], float)
    row = [*map(str, EMOTIONS)].index(best)
    shares[row] = 0
    rest = shares / shares.sum() * (1 - probability)
    rest[row] = probability
    return Emotion(label, probability, tuple(map(float, rest)))


def face(number: int, box: Box, reading: Emotion | None) -> Face:
    points = KeyPoints(*[box.center] * 6)
    return Face(number, box, 0.9, points, reading)


def scene(image: Image, *faces: Face) -> Scene:
    return Scene(0, 0.0, image.shape[1], image.shape[0], faces)


def people(width: int, height: int, *readings: Emotion | None) -> tuple[Image, Scene]:
    """A frame with the portrait side by side, one person for each reading."""
    image = np.full((height, width, 3), 96, np.uint8)
    faces = []
    column = width // len(readings)
    source, box = portrait(round(max(height, 1.2 * column)))
    for index, reading in enumerate(readings):
        left = max((source.shape[1] - column) // 2, 0)
        part = source[:height, left : left + column]
        x = index * column + (column - part.shape[1]) // 2
        image[: part.shape[0], x : x + part.shape[1]] = part
        faces.append(face(index + 1, box._replace(x=box.x - left + x), reading))
    return image, scene(image, *faces)
