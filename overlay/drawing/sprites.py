"""Sprites: small pictures with transparency, composed once and blended onto many frames."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from overlay.drawing.layout import Rect
from overlay.drawing.themes import Color, Theme
from overlay.drawing.typesetting import Mask
from overlay.scene import Image

_Plane = npt.NDArray[np.float32]
_Window = tuple[slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture to blend: `result = frame * kept / 255 + light`.

    Attributes:
        light: uint8 [height, width, 3], BGR, premultiplied by the opacity.
        kept: uint8 [height, width, 3], how much of the frame stays; 255 is transparent.
        margin: Pixels of soft edge on each side; they are not part of the sprite's size.
    """

    light: Image
    kept: Image
    margin: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, without the margin."""
        height, width = self.light.shape[:2]
        return width - 2 * self.margin, height - 2 * self.margin

    def blend(self, image: Image, x: int, y: int) -> Rect:
        """Draw onto `image` in place, with the upper left corner at (x, y), clipped to it.

        Returns:
            The part of the image that was drawn on; without width or height if none was.
        """
        left, top = x - self.margin, y - self.margin
        height, width = self.light.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, image.shape[1]), min(top + height, image.shape[0])
        if x0 >= x1 or y0 >= y1:
            return Rect(0, 0, 0, 0)
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        region = image[y0:y1, x0:x1]
        cv2.multiply(region, self.kept[part], dst=region, scale=1 / 255)
        cv2.add(region, self.light[part], dst=region)
        return Rect(x0, y0, x1 - x0, y1 - y0)


class Canvas:
    """A transparent surface on which a sprite is composed from masks."""

    def __init__(self, width: int, height: int, margin: int = 0) -> None:
        self._margin = margin
        shape = (height + 2 * margin, width + 2 * margin)
        self._light = np.zeros((*shape, 3), np.float32)
        self._opacity = np.zeros((*shape, 1), np.float32)

    def panel(self, theme: Theme, radius: float) -> None:
        """Cover the whole surface with a rounded panel and its soft shadow."""
        height, width = (side - 2 * self._margin for side in self._opacity.shape[:2])
        rect = Rect(0, 0, width, height)
        if self._margin:
            self.shape(rect, radius, (0, 0, 0), 0.30, softness=2 * self._margin)
        self.shape(rect, radius, theme.panel, theme.panel_opacity)

    def shape(
        self, rect: Rect, radius: float, color: Color, opacity: float = 1, softness: float = 1
    ) -> None:
        """Fill a rounded rectangle; its edge fades over `softness` pixels."""
        window = self._window(rect, softness)
        distance = self._distance(rect, radius, window)
        self._over(window, np.clip(0.5 - distance / softness, 0, 1), color, opacity)

    def ring(self, rect: Rect, radius: float, color: Color, thickness: float) -> None:
        """Stroke a rounded rectangle just inside its edge."""
        window = self._window(rect, 1)
        distance = self._distance(rect, radius, window) + thickness / 2
        self._over(window, np.clip(0.5 + thickness / 2 - np.abs(distance), 0, 1), color, 1)

    def text(self, mask: Mask, x: int, middle: int, color: Color) -> None:
        """Write a typeset line, left edge at `x`, capitals centred on row `middle`."""
        rect = Rect(x, middle - mask.shape[0] // 2, mask.shape[1], mask.shape[0])
        window = self._window(rect, 0)
        left, top = rect.x + self._margin, rect.y + self._margin
        part = mask[
            window[0].start - top : window[0].stop - top,
            window[1].start - left : window[1].stop - left,
        ]
        self._over(window, part.astype(np.float32) / np.float32(255), color, 1)

    def sprite(self) -> Sprite:
        """The finished sprite."""
        kept = np.rint(255 * (1 - self._opacity)).astype(np.uint8)
        return Sprite(np.rint(self._light).astype(np.uint8), kept.repeat(3, axis=2), self._margin)

    def _window(self, rect: Rect, softness: float) -> _Window:
        """The rows and columns that a rectangle with a soft edge covers."""
        height, width = self._opacity.shape[:2]
        reach = self._margin + int(np.ceil(softness))
        near = self._margin - int(np.ceil(softness))
        rows = slice(max(rect.y + near, 0), min(rect.y + rect.height + reach, height))
        columns = slice(max(rect.x + near, 0), min(rect.x + rect.width + reach, width))
        return rows, columns

    def _distance(self, rect: Rect, radius: float, window: _Window) -> _Plane:
        """Signed distance of each pixel to the edge of a rounded rectangle, negative inside."""
        half_width, half_height = rect.width / 2, rect.height / 2
        radius = min(radius, half_width, half_height)
        rows, columns = (np.arange(s.start, s.stop, dtype=np.float32) for s in window)
        x = columns + 0.5 - self._margin - rect.x - half_width
        y = rows + 0.5 - self._margin - rect.y - half_height
        dx = np.abs(x)[None, :] - (half_width - radius)
        dy = np.abs(y)[:, None] - (half_height - radius)
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        return np.asarray(outside + np.minimum(np.maximum(dx, dy), 0) - radius, np.float32)

    def _over(self, window: _Window, coverage: _Plane, color: Color, opacity: float) -> None:
        """Porter and Duff's (1984) "over", premultiplied."""
        alpha = coverage[..., None] * np.float32(opacity)
        light, opaque = self._light[window], self._opacity[window]
        light[:] = light * (1 - alpha) + np.asarray(color, np.float32) * alpha
        opaque[:] = opaque * (1 - alpha) + alpha
