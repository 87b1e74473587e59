"""The box around a face: four rounded corner brackets, which leave the face itself free."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from overlay.drawing.layout import Rect
from overlay.drawing.sprites import Sprite
from overlay.drawing.themes import Color, Theme
from overlay.scene import Box, Image

_SUBPIXEL_BITS = 4
_ARC = np.linspace(0, np.pi / 2, 7)
# Brackets are cached for this many positions within a pixel, in x and y, so that boxes glide.
_PHASES = 2

_Points = npt.NDArray[np.float64]


class Boxes:
    """Draws boxes; each bracket is drawn once and cached."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        # A bracket takes 1 to 40 KB at 720p, depending on the face's size.
        self._bracket = lru_cache(maxsize=256)(self._compose)

    def draw(self, image: Image, box: Box, color: Color, thickness: int) -> list[Rect]:
        """Draw the corners of a box in place, with a precision of half a pixel.

        Args:
            image: uint8 [height, width, 3], BGR.
            box: In pixels of the image; it may extend beyond it.
            color: Colour of the lines.
            thickness: Thickness of the lines, in pixels.

        Returns:
            The parts of the image that were drawn on.
        """
        drawn = []
        side = min(box.width, box.height)
        arm = round(min(0.22 * side, 0.10 * image.shape[0]))
        left, top = round(_PHASES * box.x), round(_PHASES * box.y)
        right = round(_PHASES * (box.x + box.width))
        bottom = round(_PHASES * (box.y + box.height))
        for (edge_x, across), (edge_y, down) in product(
            ((left, 1), (right, -1)), ((top, 1), (bottom, -1))
        ):
            whole_x, part_x = divmod(edge_x, _PHASES)
            whole_y, part_y = divmod(edge_y, _PHASES)
            sprite = self._bracket(arm, thickness, color, (across, down), (part_x, part_y))
            pad = _pad(thickness)
            x = whole_x - (pad if across > 0 else arm + pad)
            y = whole_y - (pad if down > 0 else arm + pad)
            drawn.append(sprite.blend(image, x, y))
        return drawn

    def _compose(
        self,
        arm: int,
        thickness: int,
        color: Color,
        turned: tuple[int, int],
        phase: tuple[int, int],
    ) -> Sprite:
        """A bracket, shifted by a fraction of a pixel."""
        pad = _pad(thickness)
        side = arm + 2 * pad
        corner = np.where(np.array(turned) > 0, pad, arm + pad) + np.array(phase) / _PHASES
        points = _bracket(arm, radius=0.45 * arm) * turned + corner
        line = np.rint(points * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        theme = self._theme
        halo = _stroke(line, side, thickness + 2) * theme.halo_opacity
        ink = _stroke(line, side, thickness)
        light = (np.multiply(theme.halo, halo) * (1 - ink)) + np.multiply(color, ink)
        kept = np.rint(255 * (1 - halo) * (1 - ink)).astype(np.uint8).repeat(3, axis=2)
        return Sprite(np.rint(light).astype(np.uint8), kept)


def _pad(thickness: int) -> int:
    """How far line and halo may extend beyond a bracket's corners, in pixels."""
    return thickness + 3


def _bracket(arm: float, radius: float) -> _Points:
    """An upper left corner at the origin, as a polyline [n, 2]."""
    arc = radius * (1 - np.stack([np.cos(_ARC), np.sin(_ARC)], axis=1))
    return np.concatenate([[(0, arm)], arc, [(arm, 0)]])


def _stroke(line: npt.NDArray[np.int32], side: int, width: int) -> _Points:
    """How much of each pixel a line covers, 0 to 1, [side, side, 1]."""
    mask = np.zeros((side, side, 1), np.uint8)
    cv2.polylines(mask, [line], False, (255,), width, cv2.LINE_AA, _SUBPIXEL_BITS)
    return mask / 255.0
