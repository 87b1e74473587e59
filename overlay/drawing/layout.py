"""How large things are and where they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from overlay.scene import Box, Face

#: The smallest em of a label, in pixels, where nothing else is asked for.
SMALLEST_TEXT = 11.0


class Rect(NamedTuple):
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    def overlap(self, other: Rect) -> int:
        """Area shared with another rectangle, in square pixels."""
        x, y, width, height = self
        left, top, across, down = other
        if x >= left + across or left >= x + width or y >= top + down or top >= y + height:
            return 0
        return (min(x + width, left + across) - max(x, left)) * (
            min(y + height, top + down) - max(y, top)
        )

    def inside(self, width: int, height: int) -> Rect:
        """The rectangle moved inside a frame of this size, which must be large enough."""
        x = min(max(self.x, 0), width - self.width)
        y = min(max(self.y, 0), height - self.height)
        return self._replace(x=x, y=y)


def text_size(
    frame_height: int,
    face_height: float,
    scale: float,
    *,
    crowded: bool = False,
    smallest: float = SMALLEST_TEXT,
) -> float:
    """Em of a label in pixels: it grows with the face, within limits set by the frame.

    The limits depend on the frame because a call often shows it at a third of its size. In a crowd
    the text of a small face stays small all the same, so that it leaves room for the others.
    `smallest` counts whatever the frame.
    """
    least = 0.028 * frame_height
    if crowded:
        least = min(least, 0.25 * face_height)
    wanted = min(max(0.115 * face_height, least), 0.046 * frame_height)
    return max(scale * wanted, smallest)


def line_width(frame_height: int, face_height: float, scale: float) -> int:
    """Thickness of a box's lines in pixels, at least 1."""
    wanted = min(max(0.012 * face_height, frame_height / 500), frame_height / 220)
    return max(round(scale * wanted), 1)


def whole(box: Box) -> Rect:
    """The box, rounded to whole pixels."""
    x, y = round(box.x), round(box.y)
    return Rect(x, y, round(box.x + box.width) - x, round(box.y + box.height) - y)


def fitting(rects: Iterable[Rect], frame: tuple[int, int]) -> Iterator[Rect]:
    """The rectangles moved inside a frame, without those that are too large for it.

    Args:
        rects: Candidates.
        frame: Width and height of the frame.
    """
    width, height = frame
    return (r.inside(width, height) for r in rects if r.width <= width and r.height <= height)


def least_covering(candidates: Sequence[Rect], *kinds: Iterable[Rect]) -> Rect | None:
    """The first of the candidates that cover least.

    Args:
        candidates: Best first.
        kinds: What not to cover, the worst kind first: however much of a later kind is covered,
            it counts less than any of an earlier one.

    Returns:
        One of the candidates; None if there are none.
    """
    if not candidates:
        return None
    around = _bounds(candidates)
    avoided = [[rect for rect in kind if rect.overlap(around)] for kind in kinds]

    def cost(rect: Rect) -> list[int]:
        return [sum(map(rect.overlap, rects)) for rects in avoided]

    best, least = candidates[0], cost(candidates[0])
    for rect in candidates[1:]:
        if not any(least):
            break
        if (other := cost(rect)) < least:
            best, least = rect, other
    return best


def covers(rect: Rect, rects: Iterable[Rect]) -> bool:
    """Whether a rectangle overlaps any of the others."""
    return any(map(rect.overlap, rects))


def eyes(face: Face) -> Rect:
    """The part of a face that is not to be covered: both eyes, with the lids."""
    (ax, ay), (bx, by) = face.keypoints.right_eye, face.keypoints.left_eye
    across = max(abs(ax - bx), 0.2 * face.box.width)
    left, right = min(ax, bx) - 0.35 * across, max(ax, bx) + 0.35 * across
    top, bottom = min(ay, by) - 0.3 * across, max(ay, by) + 0.3 * across
    return whole(Box(left, top, right - left, bottom - top))


def _bounds(rects: Sequence[Rect]) -> Rect:
    """The smallest rectangle around others."""
    left, top = min(rect.x for rect in rects), min(rect.y for rect in rects)
    right = max(rect.x + rect.width for rect in rects)
    bottom = max(rect.y + rect.height for rect in rects)
    return Rect(left, top, right - left, bottom - top)


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
