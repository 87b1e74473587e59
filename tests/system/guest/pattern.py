"""A stand-in webcam whose every picture says what it is: a number, colours, text, and a face."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import cv2
import numpy as np

from overlay.errors import SourceError, SourceLostError
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.demo import _load_portrait
from overlay.sources.pacing import Pacer

#: While this file exists, the camera is plugged out.
UNPLUGGED = Path("/run/unplugged")

#: Written whenever the camera is opened or closed: `on` or `off`, as its light would be.
LIGHT = Path("/run/light")

#: The frame's number stands in a row of cells, black or white, the highest bit first.
BITS = 16
_CELLS = (0.1, 0.02, 0.8, 0.1)  # left, top, width, height in parts of the frame

#: Patches from left to right, BGR.
COLOURS = (
    ("red", (0, 0, 220)),
    ("green", (0, 180, 0)),
    ("blue", (220, 0, 0)),
    ("yellow", (0, 200, 220)),
    ("white", (235, 235, 235)),
)
_PATCHES = (0.05, 0.84, 0.7, 0.13)
TEXT = (0.02, 0.35, 0.26, 0.3)
#: Where labels may be: the face, and the mark in the lower right corner.
FACE = (0.3, 0.16, 0.6, 0.66)

Region = tuple[slice, slice]


def region(part: tuple[float, float, float, float], size: tuple[int, int]) -> Region:
    """Rows and columns of a part of the frame."""
    left, top, width, height = part
    rows = slice(round(top * size[1]), round((top + height) * size[1]))
    return rows, slice(round(left * size[0]), round((left + width) * size[0]))


def cell(index: int, size: tuple[int, int]) -> Region:
    """Where a bit of the number stands; 0 is the leftmost."""
    left, top, width, height = _CELLS
    return region((left + width * index / BITS, top, width / BITS, height), size)


def patch(index: int, size: tuple[int, int]) -> Region:
    """Where a colour is; 0 is the leftmost."""
    left, top, width, height = _PATCHES
    each = width / len(COLOURS)
    return region((left + each * index, top, each, height), size)


@functools.cache
def background(size: tuple[int, int]) -> Image:
    """The picture without a number.

    Returns:
        uint8 [height, width, 3], BGR.
    """
    image: Image = np.full((size[1], size[0], 3), 150, np.uint8)
    for index, (_, colour) in enumerate(COLOURS):
        image[patch(index, size)] = colour
    rows, columns = region(TEXT, size)
    height = rows.stop - rows.start
    for line, word in enumerate(("FIRST", "LEFT")):
        place = (columns.start, rows.start + round(height * (0.4 + 0.5 * line)))
        cv2.putText(image, word, place, cv2.FONT_HERSHEY_SIMPLEX, size[1] / 280, (0, 0, 0), 4)
    face = _load_portrait()[18:418, 72:452]
    tall = round(0.6 * size[1])
    wide = round(tall * face.shape[1] / face.shape[0])
    top, left = round(0.19 * size[1]), size[0] * 6 // 10 - wide // 2
    image[top : top + tall, left : left + wide] = cv2.resize(
        face, (wide, tall), interpolation=cv2.INTER_AREA
    )
    return image


def render(number: int, size: tuple[int, int]) -> Image:
    """The picture with a number, uint8 [height, width, 3], BGR."""
    image = background(size).copy()
    for index in range(BITS):
        bit = number >> (BITS - 1 - index) & 1
        image[cell(index, size)] = 255 if bit else 0
    return image


class PatternSource(Source):
    """A camera that shows the pattern and can be plugged out."""

    def __init__(self, size: tuple[int, int], fps: float) -> None:
        """Open it.

        Raises:
            SourceError: It is plugged out.
        """
        if UNPLUGGED.exists():
            raise SourceError("the pattern camera is unplugged")
        self.name, self.live, self.size, self.fps = "pattern", True, size, fps
        self._pacer = Pacer()
        self._index = 0
        # The number goes on from where the camera was closed.
        self._first = int(os.environ.get("PATTERN_NUMBER", "0"))
        LIGHT.write_text("on")

    def read(self) -> Frame:
        """The next picture, in its time."""
        if UNPLUGGED.exists():
            raise SourceLostError("the pattern camera was unplugged")
        time_s = self._pacer.wait(self._index / self.fps)
        number = self._first + self._index
        os.environ["PATTERN_NUMBER"] = str(number + 1)
        frame = Frame(render(number % (1 << BITS), self.size), time_s, self._index)
        self._index += 1
        return frame

    def close(self) -> None:
        """Put the light out."""
        LIGHT.write_text("off")
