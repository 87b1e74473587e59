"""Renders text in any script as an anti-aliased mask: HarfBuzz shapes, OpenCV fills outlines.

Pillow draws text too, but shapes Devanagari only if the system has the FriBiDi library, which is
missing on Windows and on a bare Debian or macOS. HarfBuzz's own wheel is the same everywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import uharfbuzz as hb  # type: ignore[import-untyped]

Mask = npt.NDArray[np.uint8]
_Point = tuple[float, float]

#: Hind SemiBold, unchanged.
FONT = Path(__file__).resolve().parent / "fonts" / "Hind-SemiBold.ttf"
_OVERSAMPLING = 4
_SUBPIXEL_BITS = 4
_CURVE_STEPS = np.linspace(0.2, 1.0, 5)


class Typeface:
    """The shipped font: Hind SemiBold (Latin and Devanagari, SIL Open Font License 1.1).

    Semi-bold, because thin strokes do not survive the compression of a video call.
    """

    def __init__(self) -> None:
        face = hb.Face(hb.Blob.from_file_path(str(FONT)))
        self._font = hb.Font(face)
        self._units = face.upem
        self._pen = _outline_pen()
        self._outline = lru_cache(maxsize=256)(self._trace)
        # About 2 KB a mask at 720p.
        self.mask = lru_cache(maxsize=512)(self._mask)

    def _mask(self, text: str, size: int) -> Mask:
        """Typeset one line of text.

        Args:
            text: One line; each word is shaped in its own script.
            size: The font's em in pixels.

        Returns:
            Coverage, uint8 [2 * size, width], 0 to 255. The middle row is the middle of the
            capital letters, so that a mask centred on a panel looks centred.
        """
        glyphs, advance = self._shape(text)
        scale = size / self._units
        width, height = int(np.ceil(advance * scale)) + 2, 2 * size
        baseline = height / 2 + 0.33 * size
        canvas = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING), np.uint8)
        grid = _OVERSAMPLING * (1 << _SUBPIXEL_BITS)
        for glyph, origin in glyphs:
            points = [
                np.rint(((c + origin) * (scale, -scale) + (1, baseline)) * grid).astype(np.int32)
                for c in self._outline(glyph)
            ]
            cv2.fillPoly(canvas, points, (255,), cv2.LINE_AA, _SUBPIXEL_BITS)
        mask = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(mask, np.uint8)

    def _shape(self, text: str) -> tuple[list[tuple[int, _Point]], float]:
        """Each glyph's number and origin, and the advance of the line, in font units."""
        glyphs: list[tuple[int, _Point]] = []
        x = 0.0
        for word in _words(text):
            buffer = hb.Buffer()
            buffer.add_str(word)
            buffer.guess_segment_properties()
            hb.shape(self._font, buffer)
            for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                glyphs.append((info.codepoint, (x + position.x_offset, position.y_offset)))
                x += position.x_advance
        return glyphs, x

    def _trace(self, glyph: int) -> list[npt.NDArray[np.float64]]:
        """The closed contours of a glyph as polygons [n, 2], in font units, y upwards."""
        contours: list[list[_Point]] = []
        self._font.draw_glyph(glyph, self._pen, contours)
        return [np.asarray(contour) for contour in contours]


def _words(text: str) -> list[str]:
    """The words and spaces of a line in visual order, left to right.

    HarfBuzz shapes one script at a time. A line may mix two scripts; a word hardly ever does. The
    words of a right-to-left line are reversed.
    """
    words = [part for part in re.split("( )", text) if part]
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    return words[::-1] if buffer.direction == "rtl" else words


def _outline_pen() -> hb.DrawFuncs:
    """Callbacks that collect a glyph's contours as polygons; HarfBuzz gives cubic curves only."""

    def move_to(x: float, y: float, contours: list[list[_Point]]) -> None:
        contours.append([(x, y)])

    def line_to(x: float, y: float, contours: list[list[_Point]]) -> None:
        contours[-1].append((x, y))

    def cubic_to(
        x1: float, y1: float, x2: float, y2: float, x: float, y: float, contours: list[list[_Point]]
    ) -> None:
        x0, y0 = contours[-1][-1]
        for t in _CURVE_STEPS:
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            point = (a * x0 + b * x1 + c * x2 + d * x, a * y0 + b * y1 + c * y2 + d * y)
            contours[-1].append(point)

    pen = hb.DrawFuncs()
    pen.set_move_to_func(move_to)
    pen.set_line_to_func(line_to)
    pen.set_cubic_to_func(cubic_to)
    return pen
