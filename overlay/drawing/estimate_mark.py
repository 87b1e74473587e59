"""The small mark that says that the labels are a machine's estimate."""

from __future__ import annotations

from functools import lru_cache

from overlay.drawing.layout import Rect
from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.themes import Theme
from overlay.drawing.typesetting import Typeface


class EstimateMark:
    """Draws the mark in the lower right corner; call programs put names in the lower left."""

    def __init__(self, text: str, theme: Theme, typeface: Typeface) -> None:
        self._text = text
        self._theme = theme
        self._typeface = typeface
        self.sprite = lru_cache(maxsize=4)(self._compose)

    def place(self, em: int, frame: tuple[int, int]) -> Rect | None:
        """Where the mark goes in a frame of this width and height; None if it does not fit."""
        width, height = self.sprite(em).size
        gap = round(0.9 * em)
        if width + 2 * gap > frame[0] or height + 2 * gap > frame[1]:
            return None
        return Rect(frame[0] - gap - width, frame[1] - gap - height, width, height)

    def _compose(self, em: int) -> Sprite:
        """The mark with text of `em` pixels."""
        text = self._typeface.mask(self._text, em)
        padding, height = round(0.7 * em), round(1.6 * em)
        canvas = Canvas(text.shape[1] + 2 * padding, height, margin=max(round(0.25 * em), 2))
        canvas.panel(self._theme, radius=height / 2)
        canvas.text(text, padding, height // 2, self._theme.muted)
        return canvas.sprite()
