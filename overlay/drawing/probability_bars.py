"""Bars of all seven probabilities, beside a face's box."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2

from overlay.drawing.languages import Language
from overlay.drawing.layout import Rect, fitting
from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.themes import Color, Theme
from overlay.drawing.typesetting import Typeface
from overlay.scene import EMOTIONS, Image

_SUBPIXEL_BITS = 4


class ProbabilityBars:
    """Draws a panel with a row for each emotion: its name and a bar for its probability."""

    def __init__(self, theme: Theme, language: Language, typeface: Typeface) -> None:
        self._theme = theme
        self._language = language
        self._typeface = typeface
        # A panel at 720p takes about 250 KB: seven for each size of text.
        self._panel = lru_cache(maxsize=32)(self._compose)

    def em(self, label_em: int, smallest: float) -> int:
        """Em of the text beside a label with text of this em, which is at least `smallest`."""
        return max(round(0.82 * label_em), round(smallest) - 1)

    def size(self, em: int) -> tuple[int, int]:
        """Width and height of the panel in pixels, for text of this em."""
        return self._panel(0, em).size

    def draw(self, image: Image, rect: Rect, probabilities: Sequence[float], em: int) -> Rect:
        """Draw the bars in place.

        Args:
            image: uint8 [height, width, 3], BGR.
            rect: Where to draw them, inside the image; its size is the one from `size`.
            probabilities: One for each of `EMOTIONS`, 0 to 1.
            em: Em of the text, in pixels.

        Returns:
            The part of the image that was drawn on.
        """
        top = max(range(len(EMOTIONS)), key=lambda row: probabilities[row])
        drawn = self._panel(top, em).blend(image, rect.x, rect.y)
        for row, probability in enumerate(probabilities):
            track = self._track(row, em, rect.width)
            track = track._replace(x=rect.x + track.x, y=rect.y + track.y)
            _fill(image, track, probability, self._theme.emotions[EMOTIONS[row]])
        return drawn

    def _track(self, row: int, em: int, width: int) -> Rect:
        """The area of a row's bar at a probability of 1, relative to the panel."""
        height = max(round(0.42 * em), 3)
        length = round(4.2 * em)
        middle = _padding(em) + round((row + 0.5) * _row_height(em))
        return Rect(width - _padding(em) - length, middle - height // 2, length, height)

    def _compose(self, top: int, em: int) -> Sprite:
        theme = self._theme
        names = [self._typeface.mask(self._language.emotions[name], em) for name in EMOTIONS]
        text_width = max(name.shape[1] for name in names)
        width = 2 * _padding(em) + text_width + round(0.6 * em) + round(4.2 * em)
        height = 2 * _padding(em) + round(len(EMOTIONS) * _row_height(em))
        canvas = Canvas(width, height, margin=max(round(0.3 * em), 2))
        canvas.panel(theme, radius=0.6 * em)
        for row, name in enumerate(names):
            track = self._track(row, em, width)
            ink = theme.text if row == top else theme.muted
            canvas.text(name, _padding(em), track.y + track.height // 2, ink)
            canvas.shape(track, track.height / 2, theme.muted, 0.22)
        return canvas.sprite()


def bars_places(box: Rect, panel: tuple[int, int], frame: tuple[int, int]) -> list[Rect]:
    """Where the panel may go, best first: right of the box, left of it, below it.

    Args:
        box: Box of the face, in pixels.
        panel: Width and height of the panel.
        frame: Width and height of the frame.

    Returns:
        Rectangles that lie in the frame; none if it is too small for the panel.
    """
    width, height = panel
    gap = max(round(0.06 * width), 4)
    corners = (
        (box.x + box.width + gap, box.y),
        (box.x - gap - width, box.y),
        (box.x, box.y + box.height + gap),
    )
    return list(fitting((Rect(x, y, width, height) for x, y in corners), frame))


def _fill(image: Image, track: Rect, probability: float, color: Color) -> None:
    """Fill a track from the left; both ends are round, so a probability of 0 is a dot."""
    radius = (track.height - 1) / 2
    length = min(max(probability, 0.0), 1.0) * (track.width - track.height)
    left, right, y = track.x + radius, track.x + radius + length, track.y + radius
    unit = 1 << _SUBPIXEL_BITS
    for x in (left, right):
        center, size = (round(x * unit), round(y * unit)), round(radius * unit)
        cv2.circle(image, center, size, color, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)
    rows = slice(track.y, track.y + track.height)
    image[rows, round(left) : round(right)] = color


def _padding(em: int) -> int:
    return round(0.6 * em)


def _row_height(em: int) -> float:
    return 1.4 * em
