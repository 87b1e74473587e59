"""Makes docs/pictures/labels.png: `python -m tests.drawing.gallery`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from overlay.drawing import Painter
from overlay.scene import UNSURE, Emotion, Image
from tests.drawing.scenes import emotion, people

_PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_WIDTH, _HEIGHT = 800, 450


def _labels() -> Image:
    first = [emotion("happy", 0.93), emotion("neutral", 0.81), emotion(UNSURE, 0.41, "sad")]
    second = [emotion("surprise", 0.88), emotion("angry", 0.67), emotion("sad", 0.74)]
    third = [emotion("fear", 0.58), emotion("disgust", 0.62), None]
    pair = [emotion("happy", 0.93), emotion("surprise", 0.77)]
    tiles = [
        _tile(Painter(theme="dark"), *first),
        _tile(Painter(theme="light"), *first),
        _tile(Painter(theme="dark", language="hi"), *second),
        _tile(Painter(theme="light", language="hi"), *second),
        _tile(Painter(theme="dark"), *third),
        _tile(Painter(theme="light"), *third),
        _tile(Painter(theme="dark", bars=True), *pair),
        _tile(Painter(theme="light", language="hi", bars=True), *pair),
    ]
    rows = [np.hstack(tiles[i : i + 2]) for i in range(0, len(tiles), 2)]
    return np.vstack(rows)


def _tile(painter: Painter, *readings: Emotion | None) -> Image:
    image, scene = people(_WIDTH, _HEIGHT, *readings)
    painter.paint(image, scene)
    return image


def main() -> None:
    _PICTURES.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(_PICTURES / "labels.png"), _labels(), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
