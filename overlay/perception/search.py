"""Decides where the detector looks: at the whole frame or, in a crowd, at its parts in turn.

The detector scales whatever it is given to 192x192 pixels, so it finds small faces only in parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from typing import NamedTuple

from overlay.perception.detector import Detection
from overlay.scene import Box, Image

#: How often a part is searched for a crowd while none is known, in seconds.
PROBE_S = 1.0

# This many unknown faces are a crowd; fewer may be people in the background. If this many faces
# are already known, a single unknown one is enough.
_CROWD, _MANY = 3, 6
# Faces narrower than this are found unreliably, as a fraction of what the detector is given.
_NARROW = 0.085
# Rows and columns of parts, by level; and the fraction that neighbouring parts share.
_GRIDS = (1, 2, 3)
_SHARED = 0.2


class Region(NamedTuple):
    """A part of a frame, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, image: Image) -> Image:
        """Its pixels, as a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]

    def holds(self, box: Box, width: int, height: int) -> bool:
        """Whether it contains all of a box that is inside a frame of this width and height."""
        left, top = max(0.0, box.x), max(0.0, box.y)
        right, bottom = min(width, box.x + box.width), min(height, box.y + box.height)
        across = self.x <= left and right <= self.x + self.width
        return across and self.y <= top and bottom <= self.y + self.height


class Search:
    """Chooses the regions.

    Attributes:
        level: 0 for whole frames, 1 for 2x2 parts, 2 for 3x3 parts.
    """

    def __init__(self) -> None:
        self.level = 0
        self._turn = 0
        self._probe = 0
        self._probed_s: float | None = None

    def next(self, width: int, height: int) -> Region | None:
        """The next region to search; None for the whole frame."""
        regions = _regions(width, height, self.level)
        self._turn = (self._turn + 1) % (len(regions) + 1)
        # Once per round the whole frame, for faces larger than a part.
        return None if self.level == 0 or self._turn == 0 else regions[self._turn - 1]

    def probe(self, width: int, height: int, time_s: float) -> Region | None:
        """A part to search as well, because there may be more, smaller faces; usually None."""
        if self.level == len(_GRIDS) - 1:
            return None
        if self._probed_s is not None and 0 <= time_s - self._probed_s < PROBE_S:
            return None
        self._probed_s = time_s
        regions = _regions(width, height, self.level + 1)
        self._probe = (self._probe + 1) % len(regions)
        return regions[self._probe]

    def learn(self, found: Sequence[Detection], known: Collection[Box]) -> None:
        """Search smaller parts from now on if a probe has found an unknown crowd."""
        unknown = [each for each in found if not any(_inside(each.box, box) for box in known)]
        if len(unknown) >= _CROWD or (unknown and len(known) >= _MANY):
            self.level += 1

    def relax(self, width: int, height: int, known: Collection[Box]) -> None:
        """Once per round, search larger parts again if the small faces have gone."""
        if self.level == 0 or self._turn != 0:
            return
        coarser = _regions(width, height, self.level - 1)[0]
        limit = _NARROW * max(coarser.width, coarser.height)
        if sum(box.width < limit for box in known) < _CROWD:
            self.level -= 1


def _regions(width: int, height: int, level: int) -> list[Region]:
    count = _GRIDS[level]
    across = count - (count - 1) * _SHARED
    w, h = round(width / across), round(height / across)
    steps = max(1, count - 1)
    return [
        Region(round(i * (width - w) / steps), round(j * (height - h) / steps), w, h)
        for j, i in product(range(count), repeat=2)
    ]


def _inside(box: Box, other: Box) -> bool:
    """Whether the centre of a box lies in another box."""
    x, y = box.center
    return other.x <= x <= other.x + other.width and other.y <= y <= other.y + other.height
