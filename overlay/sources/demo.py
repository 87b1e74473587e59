"""A demonstration for computers without a webcam: real portraits that move over a calm wall."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from overlay.errors import SourceError
from overlay.language import LazyText
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.pacing import Pacer

#: The portrait, 512x600 px; grace_hopper.txt says where it comes from.
PORTRAIT = Path(__file__).with_name("grace_hopper.jpg")
# Parts of the 512x600 portrait: with hat and collar, and the face alone for several at once,
# because in a grid the detector needs faces of 120 px and more at 720p to find nearly all.
_HEAD = (slice(18, 418), slice(72, 452))
_CLOSE_UP = (slice(60, 350), slice(120, 410))
_BORDER = 0.016  # of the print's height
_SHADOW = 0.03
_MAX_TILT_DEG = 3.0
#: Height of a print in parts of its cell, one alone and several.
_ALONE = (0.74, 0.92)
_IN_GRID = (0.88, 0.95)


class DemoSource(Source):
    """Portraits of Grace Hopper (U.S. Navy, public domain) that drift, grow and tilt.

    A frame depends on its index alone.
    """

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 720),
        fps: float = 30.0,
        faces: int = 1,
        pace: bool = True,
    ) -> None:
        """Prepare the wall and the print.

        Args:
            size: Width and height of the frames, in pixels.
            fps: Frames per second.
            faces: How many portraits, 1 to 49, in a square grid.
            pace: Whether frames arrive at `fps`, stamped with `time.monotonic()`; otherwise as
                fast as requested, stamped with media time.

        Raises:
            SourceError: There are too many faces, or the portrait cannot be read.
        """
        if not 1 <= faces <= 49:
            raise SourceError(LazyText("the demo shows 1 to 49 faces, not {faces}", faces=faces))
        self.name = "demo" if faces == 1 else f"demo, {faces} faces"
        self.size = size
        self.fps = fps
        self.live = pace
        self._pacer = Pacer() if pace else None
        self._index = 0
        columns = math.ceil(math.sqrt(faces))
        rows = math.ceil(faces / columns)
        self._cell = (size[0] / columns, size[1] / rows)
        self._cells = [divmod(n, columns) for n in range(faces)]
        smallest, largest = _ALONE if faces == 1 else _IN_GRID
        part = _HEAD if faces == 1 else _CLOSE_UP
        self._print = _make_print(_load_portrait()[part], largest * min(self._cell))
        self._middle = (smallest / largest + 1) / 2
        self._wall: Image = _make_wall(*size)

    def read(self) -> Frame:
        """Return the next frame, on time if paced; the demo has no end."""
        index = self._index
        self._index += 1
        image = self.render(index)
        time_s = self._pacer.wait(index / self.fps) if self._pacer else index / self.fps
        return Frame(image, time_s, index)

    def close(self) -> None:
        """Do nothing: the demo holds nothing open."""

    def render(self, index: int) -> Image:
        """Draw a frame.

        Args:
            index: Number of the frame, from 0.

        Returns:
            uint8 [height, width, 3], BGR; a new array.
        """
        image: Image = self._wall.copy()
        for number, (row, column) in enumerate(self._cells):
            self._hang(image, row, column, phase=index / self.fps + 2.3 * number)
        return image

    def _hang(self, image: Image, row: int, column: int, phase: float) -> None:
        """Draw one portrait at its place, which moves with slow, unequal periods."""
        scale = self._middle + (1 - self._middle) * math.sin(phase / 1.9)
        tilt = math.radians(_MAX_TILT_DEG) * math.sin(phase / 1.3)
        free_x = self._cell[0] - scale * self._print.shape[1]
        free_y = self._cell[1] - scale * self._print.shape[0]
        x = (column + 0.5) * self._cell[0] + 0.35 * free_x * math.sin(phase / 2.3)
        y = (row + 0.5) * self._cell[1] + 0.4 * free_y * math.sin(phase / 1.6)
        _composite(image, self._print, x, y, scale, tilt)


def _composite(image: Image, sprite: Image, x: float, y: float, scale: float, tilt: float) -> None:
    """Draw a sprite (premultiplied BGRA) centred on a point, on its own region only."""
    height, width = sprite.shape[:2]
    cos, sin = scale * math.cos(tilt), scale * math.sin(tilt)
    half_width = (abs(cos) * width + abs(sin) * height) / 2
    half_height = (abs(sin) * width + abs(cos) * height) / 2
    left, top = max(0, math.floor(x - half_width)), max(0, math.floor(y - half_height))
    right = min(image.shape[1], math.ceil(x + half_width))
    bottom = min(image.shape[0], math.ceil(y + half_height))
    if right <= left or bottom <= top:
        return
    turn = np.array(
        [
            [cos, -sin, x - left - (cos * width - sin * height) / 2],
            [sin, cos, y - top - (sin * width + cos * height) / 2],
        ]
    )
    layer = cv2.warpAffine(sprite, turn, (right - left, bottom - top))
    region = image[top:bottom, left:right]
    see_through = cv2.cvtColor(255 - layer[..., 3], cv2.COLOR_GRAY2BGR)
    below = cv2.multiply(region, see_through, scale=1 / 255)
    cv2.add(below, cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR), dst=region)


def _load_portrait() -> Image:
    try:
        portrait = cv2.imdecode(np.fromfile(PORTRAIT, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        portrait = None
    if portrait is None:
        raise SourceError(
            LazyText(
                "the demo's portrait {portrait} is missing or damaged: install Emotion "
                "Overlay again",
                portrait=PORTRAIT,
            )
        )
    return np.asarray(portrait, np.uint8)


def _make_print(picture: Image, height: float) -> Image:
    """A photo print with white border and soft shadow, `height` px high, premultiplied BGRA."""
    border, shadow = max(1, round(_BORDER * height)), max(2, round(_SHADOW * height))
    inner_height = max(1, round(height) - 2 * (border + shadow))
    inner_width = max(1, round(inner_height * picture.shape[1] / picture.shape[0]))
    shrinking = inner_height < picture.shape[0]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    photo = cv2.resize(picture, (inner_width, inner_height), interpolation=method)
    paper = cv2.copyMakeBorder(
        photo, border, border, border, border, cv2.BORDER_CONSTANT, value=(250, 250, 250)
    )
    rows, columns = paper.shape[0] + 2 * shadow, paper.shape[1] + 2 * shadow
    alpha = np.zeros((rows, columns), np.float32)
    alpha[shadow:-shadow, shadow:-shadow] = 0.45
    alpha = cv2.GaussianBlur(alpha, (0, 0), shadow / 3.2)
    sprite = np.zeros((rows, columns, 4), np.uint8)
    sprite[..., 3] = (alpha * 255).astype(np.uint8)
    sprite[shadow:-shadow, shadow:-shadow, :3] = paper
    sprite[shadow:-shadow, shadow:-shadow, 3] = 255
    return sprite


def _make_wall(width: int, height: int) -> Image:
    """A plain wall, lit from the upper left; half a grey level of noise hides the banding."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot(x / width - 0.35, (y / height - 0.25) * 0.8)
    light = 0.3 + 0.7 * np.exp(-1.1 * distance**2)
    color = light[..., None] * np.array([196, 186, 172], np.float32)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (height, width, 1))
    wall: Image = np.clip(color + noise, 0, 255).round().astype(np.uint8)
    return wall
