"""Decides where the detector looks: at the whole frame or, in a crowd, at its parts in turn.

The detector scales whatever it is given to 192x192 pixels, so it finds small faces only in parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np

from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Box, Image, KeyPoints

#: How often a part is searched for small faces while none turns up, in seconds.
PROBE_S = 1.0

# This many small faces are a crowd, which is searched in parts.
_CROWD = 3
# Faces narrower than this are found unreliably, as a fraction of what the detector is given.
_NARROW = 0.085
# Rows and columns of parts, by level; and the fraction that neighbouring parts share.
_GRIDS = (1, 2, 3, 4)
_SHARED = 0.2


class Region(NamedTuple):
    """A part of a frame, in whole pixels; it may extend beyond the frame."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, image: Image) -> Image:
        """Its pixels, as a view; beyond the frame's edge, the edge is repeated, in a copy."""
        rows, top, bottom = _within(self.y, self.height, image.shape[0])
        columns, left, right = _within(self.x, self.width, image.shape[1])
        part = image[rows, columns]
        if left or top or right or bottom:
            edge = cv2.BORDER_REPLICATE
            part = np.asarray(cv2.copyMakeBorder(part, top, bottom, left, right, edge), np.uint8)
        return part

    def holds(self, box: Box, width: int, height: int) -> bool:
        """Whether it contains all of a box that is inside a frame of this width and height.

        A box beside the frame is in no region: there is nothing of a face to be seen.
        """
        left, top = max(0.0, box.x), max(0.0, box.y)
        right, bottom = min(width, box.x + box.width), min(height, box.y + box.height)
        across = self.x <= left < right <= self.x + self.width
        return across and self.y <= top < bottom <= self.y + self.height


def _within(start: int, length: int, limit: int) -> tuple[slice, int, int]:
    """What of a span lies in a frame, at least its nearest pixel; what is before, what after."""
    first = min(max(0, start), limit - 1)
    end = max(min(start + length, limit), first + 1)
    before = min(max(0, -start), length - 1)
    return slice(first, end), before, length - before - (end - first)


class Search:
    """Chooses the regions.

    Attributes:
        level: 0 for whole frames, 1 for 2x2 parts, 2 for 3x3 parts, 3 for 4x4 parts.
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
        if self._probed_s is not None and 0 <= time_s - self._probed_s < PROBE_S:
            return None
        finer = range(self.level + 1, len(_GRIDS))
        regions = [each for level in finer for each in _regions(width, height, level)]
        if not regions:
            return None
        self._probed_s = time_s
        self._probe = (self._probe + 1) % len(regions)
        return regions[self._probe]

    def hurry(self) -> None:
        """Probe again at once: the last probe has found a new face."""
        self._probed_s = None

    def adapt(self, width: int, height: int, known: Collection[Box]) -> None:
        """Search smaller parts if there is a crowd of small faces; larger ones if it has gone."""
        if self.level < len(_GRIDS) - 1 and self._crowded(width, height, self.level, known):
            self.level, self._turn = self.level + 1, 0
        elif self.level and self._turn == 0:  # once per round
            self.level -= not self._crowded(width, height, self.level - 1, known)

    def is_small(self, width: int, height: int, box: Box) -> bool:
        """Whether a face may be missed in the regions that are searched now."""
        return box.width < _narrow(width, height, self.level)

    def _crowded(self, width: int, height: int, level: int, known: Collection[Box]) -> bool:
        return sum(box.width < _narrow(width, height, level) for box in known) >= _CROWD


def detect_in(detector: FaceDetector, region: Region, image: Image) -> list[Detection]:
    """The faces that lie entirely in a region, in pixels of the frame.

    Args:
        detector: To look with.
        region: Where.
        image: uint8 [height, width, 3], BGR: the frame.
    """
    return _held(detector.detect(region.cut(image)), region, image)


def detect_in_each(
    detector: FaceDetector, regions: Sequence[Region], image: Image
) -> list[Detection]:
    """The faces that lie entirely in any of several regions, in pixels of the frame.

    Args:
        detector: To look with, at several regions at the same time.
        regions: Where.
        image: uint8 [height, width, 3], BGR: the frame.
    """
    looks = detector.detect_each([region.cut(image) for region in regions])
    return [
        face
        for found, region in zip(looks, regions, strict=True)
        for face in _held(found, region, image)
    ]


def _held(found: list[Detection], region: Region, image: Image) -> list[Detection]:
    """What was found in a region and lies entirely in it, in pixels of the frame."""
    height, width = image.shape[:2]
    shifted = (_shifted(each, region) for each in found)
    return [each for each in shifted if region.holds(each.box, width, height)]


def _shifted(face: Detection, region: Region) -> Detection:
    box = face.box._replace(x=face.box.x + region.x, y=face.box.y + region.y)
    points = KeyPoints(*((x + region.x, y + region.y) for x, y in face.keypoints))
    return Detection(box, face.score, points)


def _narrow(width: int, height: int, level: int) -> float:
    """The width below which faces are found unreliably, in pixels."""
    region = _regions(width, height, level)[0]
    return _NARROW * max(region.width, region.height)


def _regions(width: int, height: int, level: int) -> list[Region]:
    count = _GRIDS[level]
    across = count - (count - 1) * _SHARED
    w, h = round(width / across), round(height / across)
    steps = max(1, count - 1)
    return [
        Region(round(i * (width - w) / steps), round(j * (height - h) / steps), w, h)
        for j, i in product(range(count), repeat=2)
    ]
