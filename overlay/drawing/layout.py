"""How large things are and where they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import NamedTuple

from overlay.scene import Box

_SMALLEST_TEXT = 11


class Rect(NamedTuple):
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    def overlap(self, other: Rect) -> int:
        """Area shared with another rectangle, in square pixels."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def inside(self, width: int, height: int) -> Rect:
        """The rectangle moved inside a frame of this size, which must be large enough."""
        x = min(max(self.x, 0), width - self.width)
        y = min(max(self.y, 0), height - self.height)
        return self._replace(x=x, y=y)


def text_size(frame_height: int, face_height: float, scale: float) -> float:
    """Em of a label in pixels: it grows with the face, within limits set by the frame.

    The limits depend on the frame because a call often shows it at a third of its size.
    """
    wanted = min(max(0.115 * face_height, 0.028 * frame_height), 0.046 * frame_height)
    return max(scale * wanted, _SMALLEST_TEXT)


def line_width(frame_height: int, face_height: float, scale: float) -> int:
    """Thickness of a box's lines in pixels, at least 1."""
    wanted = min(max(0.012 * face_height, frame_height / 500), frame_height / 220)
    return max(round(scale * wanted), 1)


def whole(box: Box) -> Rect:
    """The box, rounded to whole pixels."""
    x, y = round(box.x), round(box.y)
    return Rect(x, y, round(box.x + box.width) - x, round(box.y + box.height) - y)


def fitting(rects: Iterable[Rect], frame: tuple[int, int]) -> list[Rect]:
    """The rectangles moved inside a frame, without those that are too large for it.

    Args:
        rects: Candidates.
        frame: Width and height of the frame.
    """
    width, height = frame
    return [r.inside(width, height) for r in rects if r.width <= width and r.height <= height]


def least_covering(
    candidates: Sequence[Rect], texts: Iterable[Rect], faces: Iterable[Rect]
) -> Rect | None:
    """The first of the candidates that cover least; covering text is worse than covering a face."""
    if not candidates:
        return None
    texts, faces = _near(candidates, texts), _near(candidates, faces)

    def cost(rect: Rect) -> tuple[int, int]:
        return sum(map(rect.overlap, texts)), sum(map(rect.overlap, faces))

    return min(candidates, key=cost)


def _near(candidates: Sequence[Rect], rects: Iterable[Rect]) -> list[Rect]:
    """The rectangles that could touch a candidate; in a crowd, most cannot."""
    left = min(rect.x for rect in candidates)
    top = min(rect.y for rect in candidates)
    right = max(rect.x + rect.width for rect in candidates)
    bottom = max(rect.y + rect.height for rect in candidates)
    return [
        rect
        for rect in rects
        if rect.x < right
        and rect.y < bottom
        and rect.x + rect.width > left
        and rect.y + rect.height > top
    ]


def visible(box: Box, width: int, height: int) -> Box | None:
    """The box, cut off one frame's size outside the frame; None if no part of it is visible."""
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    if not all(map(isfinite, edges)):
        return None
    left, right = (min(max(edge, -width), 2 * width) for edge in edges[::2])
    top, bottom = (min(max(edge, -height), 2 * height) for edge in edges[1::2])
    if left >= right or top >= bottom or right <= 0 or bottom <= 0:
        return None
    if left >= width or top >= height:
        return None
    return Box(left, top, right - left, bottom - top)
