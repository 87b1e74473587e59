"""A line of text at the bottom of the picture that tells the user what to do."""

from __future__ import annotations

from functools import lru_cache

from overlay.drawing.layout import text_size
from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.themes import load_theme
from overlay.drawing.typesetting import Typeface
from overlay.scene import Image

# Larger than a label, because it is read from a distance, while making a face.
_SCALE = 1.4


class Caption:
    """Draws a line of text on a panel, centred at the lower edge."""

    def __init__(self, theme: str = "dark") -> None:
        """Load the theme and the font.

        Args:
            theme: One of `SUPPORTED_THEMES`.

        Raises:
            SettingsError: There is no such theme.
        """
        self._theme = load_theme(theme)
        self._typeface = Typeface()
        self._sprite = lru_cache(maxsize=4)(self._compose)

    def draw(self, image: Image, text: str) -> None:
        """Draw a line of text in place; text that is too long for the picture is cut off.

        Args:
            image: uint8 [height, width, 3], BGR.
            text: One line.
        """
        em = round(text_size(image.shape[0], 0, _SCALE))
        sprite = self._sprite(text, em, image.shape[1] - 2 * em)
        width, height = sprite.size
        sprite.blend(image, (image.shape[1] - width) // 2, image.shape[0] - em - height)

    def _compose(self, text: str, em: int, widest: int) -> Sprite:
        padding, height = round(0.8 * em), round(2.0 * em)
        mask = self._typeface.mask(text, em)[:, : max(widest - 2 * padding, 1)]
        canvas = Canvas(mask.shape[1] + 2 * padding, height, margin=max(round(0.25 * em), 2))
        canvas.panel(self._theme, radius=0.5 * em)
        canvas.text(mask, padding, height // 2, self._theme.text)
        return canvas.sprite()
