"""The box of a face: four rounded corner brackets, which leave the face itself alone."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from overlay.drawing.themes import Color, Theme
from overlay.scene import Box, Image

_SUBPIXEL_BITS = 4
_ARC = np.linspace(0, np.pi / 2, 7)

_Points = npt.NDArray[np.float64]


def draw_box(image: Image, box: Box, color: Color, theme: Theme, thickness: int) -> None:
    """Draw the corners of a box in place, to a sixteenth of a pixel so that they glide.

    Args:
        image: uint8 [height, width, 3], BGR.
        box: In pixels of the image; it may reach beyond it.
        color: Of the lines.
        theme: Gives the halo around them.
        thickness: Of the lines, in pixels.
    """
    side = min(box.width, box.height)
    arm = min(0.22 * side, 0.10 * image.shape[0])
    bracket = _bracket(arm, radius=0.45 * arm)
    for x, horizontal in ((box.x, 1), (box.x + box.width, -1)):
        for y, vertical in ((box.y, 1), (box.y + box.height, -1)):
            points = bracket * (horizontal, vertical) + (x, y)
            _stroke(image, points, color, theme, thickness)


def _bracket(arm: float, radius: float) -> _Points:
    """An upper left corner at the origin as a line of points [n, 2]."""
    arc = radius * (1 - np.stack([np.cos(_ARC), np.sin(_ARC)], axis=1))
    return np.concatenate([[(0, arm)], arc, [(arm, 0)]])


def _stroke(image: Image, points: _Points, color: Color, theme: Theme, thickness: int) -> None:
    """Draw a line of points with a translucent halo, working only on its own region."""
    pad = thickness + 3
    x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int) - pad, 0)
    x1, y1 = np.ceil(points.max(axis=0)).astype(int) + pad
    region = image[y0 : max(y1, 0), x0 : max(x1, 0)]
    if region.size == 0:
        return
    line = [np.rint((points - (x0, y0)) * (1 << _SUBPIXEL_BITS)).astype(np.int32)]

    def draw(surface: Image, ink: Color, width: int) -> None:
        cv2.polylines(surface, line, False, ink, width, cv2.LINE_AA, _SUBPIXEL_BITS)

    shaded = region.copy()
    draw(shaded, theme.halo, thickness + 2)
    opacity = theme.halo_opacity
    shaded = np.asarray(cv2.addWeighted(shaded, opacity, region, 1 - opacity, 0), np.uint8)
    draw(shaded, color, thickness)
    region[:] = shaded
