"""The picture sent when the camera delivers none: calm, in the theme's colours, no face."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.themes import Theme
from overlay.drawing.typesetting import Typeface
from overlay.scene import Image


def render_placeholder(
    width: int, height: int, text: str, theme: Theme, typeface: Typeface
) -> Image:
    """A backdrop that darkens towards its edges, a crossed-out camera, and one line of text.

    Args:
        width: Width of the picture in pixels, at least 1.
        height: Height of the picture in pixels, at least 1.
        text: The line of text; left out if it does not fit.
        theme: The colours.
        typeface: Sets the text.

    Returns:
        uint8 [height, width, 3], BGR.
    """
    image = _backdrop(width, height, theme)
    icon = min(width, height) // 5
    middle = round(0.43 * height)
    if icon >= 12:
        _camera(icon, theme).blend(image, (width - icon) // 2, middle - icon // 2)
    em = max(round(0.042 * min(height, 0.75 * width)), 11)
    mask = typeface.mask(text, em)
    if mask.shape[1] < width and mask.shape[0] < height // 3:
        canvas = Canvas(mask.shape[1], mask.shape[0])
        canvas.text(mask, 0, mask.shape[0] // 2, theme.muted)
        left, top = (width - mask.shape[1]) // 2, round(0.64 * height) - mask.shape[0] // 2
        canvas.sprite().blend(image, left, top)
    return image


def _backdrop(width: int, height: int, theme: Theme) -> Image:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    away = np.clip((x**2 + (y + 0.15) ** 2) / 2, 0, 1)
    edge = np.asarray(theme.panel, np.float32)
    center = edge * 0.88 + np.asarray(theme.muted, np.float32) * 0.12
    shades = center + (edge - center) * away
    # Noise of one gray level hides the banding of a smooth gradient in 8 bits.
    noise: npt.NDArray[np.float32] = np.random.default_rng(0).random(
        (height, width, 1), dtype=np.float32
    )
    return np.floor(np.clip(shades + noise, 0, 255)).astype(np.uint8)


def _camera(size: int, theme: Theme) -> Sprite:
    """A crossed-out camera, `size` pixels square."""
    side = 8 * size
    mask = np.zeros((side, side), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * side), round(y * side)

    stroke = round(0.065 * side)
    # Outlines as thick as the corners are round, then filled.
    cv2.rectangle(mask, at(0.12, 0.32), at(0.58, 0.68), (255,), 2 * stroke)
    cv2.rectangle(mask, at(0.12, 0.32), at(0.58, 0.68), (255,), cv2.FILLED)
    lens = np.array([at(0.76, 0.47), at(0.90, 0.37), at(0.90, 0.63), at(0.76, 0.53)])
    cv2.fillPoly(mask, [lens], (255,))
    cv2.polylines(mask, [lens], True, (255,), stroke)
    cv2.line(mask, at(0.12, 0.10), at(0.88, 0.90), (0,), 3 * stroke)
    cv2.line(mask, at(0.12, 0.10), at(0.88, 0.90), (255,), stroke)
    small = np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    canvas = Canvas(size, size)
    canvas.text(small, 0, size // 2, theme.muted)
    return canvas.sprite()
