"""Finds the faces of a single picture: small ones and close-ups, also if it is turned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from overlay.perception.detector import Detection, FaceDetector, drop_duplicates
from overlay.perception.face_check import FaceCheck, Judged
from overlay.perception.search import Region, detect_in, detect_in_each
from overlay.scene import Box, Image, KeyPoints

#: The detector's threshold for what is worth a closer look.
DOUBTFUL = 0.3

# Side of the smallest parts, in pixels: in them the detector finds faces of 24 pixels. In a picture
# of more than 16 times that, they are larger, so that the search takes two seconds at most.
_PART, _PARTS = 280, 16
# The same where a turned picture is searched.
_TURNED_PARTS = 5
# Log odds of the surest face of a picture that is the right way up: upright faces reach 9 and more,
# the few that are found in turned pictures 5.
_UPRIGHT = 6.0
# Parts are searched up to this fraction of the picture's longer side; above, the whole serves.
_LARGEST_PART = 0.8
# The fraction that neighbouring parts share, so that a face cut by one lies in another.
_SHARED = 0.25
# Boxes that overlap by this much (intersection over union) are looked at again only once.
_SAME = 0.4

# The picture with an edge: enlarged if its shorter side is less than the first, made smaller if its
# longer side is more than the second.
_SMALL, _LARGE = 192, 768


def find_faces(
    detector: FaceDetector, check: FaceCheck, image: Image, threshold: float = 0.5
) -> list[Detection]:
    """The faces of a picture that stands alone.

    It is searched whole, with an edge around it, because the detector wants to see around a face,
    and in overlapping square parts of 280, 560, ... pixels, because it scales what it is given to
    192. If no face surely stands upright, it is searched in all four directions, and the one with
    the most convincing faces counts.

    Args:
        detector: To look with; its own threshold should be `DOUBTFUL`.
        check: The second opinion on everything found.
        image: uint8 [height, width, 3], BGR.
        threshold: The lowest confidence at which a face counts, 0 to 1.

    Returns:
        The faces, most confident first, each once, in pixels of the picture. They are of 24 pixels
        and more, or 1/200 of the longer side of a large picture.
    """
    upright = _upright_faces(detector, check, image, threshold, _PARTS)
    if max((each.log_odds for each in upright), default=0.0) >= _UPRIGHT:
        return [each.face for each in upright]
    views = [(upright, 0)]
    for quarters in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(image, quarters))
        found = _upright_faces(detector, check, turned, threshold, _TURNED_PARTS)
        views.append((found, quarters))
    best, quarters = max(views, key=lambda view: sum(each.log_odds for each in view[0]))
    return [_turned_back(each.face, quarters, image.shape[:2]) for each in best]


def candidates(
    detector: FaceDetector, image: Image, parts: int = _PARTS, *, at_once: bool = False
) -> list[Detection]:
    """What may be an upright face in a picture: most faces, and much else.

    Args:
        detector: To look with.
        image: uint8 [height, width, 3], BGR.
        parts: How many of the smallest parts its longer side has at most.
        at_once: Whether to take several cores; pictures are better read several at a time.
    """
    height, width = image.shape[:2]
    regions = [Region(0, 0, width, height), *_regions(width, height, parts)]
    found = _framed(detector, image)
    if at_once:
        return _distinct(found + detect_in_each(detector, regions, image))
    for region in regions:
        found += detect_in(detector, region, image)
    return _distinct(found)


def _upright_faces(
    detector: FaceDetector, check: FaceCheck, image: Image, threshold: float, parts: int
) -> list[Judged]:
    """The faces of a picture that is the right way up, each once."""
    judged = (check.judge(image, each) for each in candidates(detector, image, parts))
    sure = {
        each.face: each
        for each in judged
        if each is not None and each.log_odds >= 0 and each.face.score >= threshold
    }
    return [sure[face] for face in drop_duplicates([*sure])]


def _regions(width: int, height: int, parts: int) -> Iterator[Region]:
    """The parts of a picture to search, smallest first; at most `parts` of them along a side."""
    longest = max(width, height)
    side = max(_PART, longest // parts)
    while side < _LARGEST_PART * longest:
        for y in _starts(height, side):
            for x in _starts(width, side):
                yield Region(x, y, min(side, width), min(side, height))
        side *= 2


def _starts(length: int, side: int) -> list[int]:
    """Where parts begin that cover a length and share enough with each other."""
    rest = max(0, length - side)
    steps = math.ceil(rest / (side * (1 - _SHARED)))
    return [round(i * rest / max(1, steps)) for i in range(steps + 1)]


def _distinct(found: Sequence[Detection]) -> list[Detection]:
    """The most confident of those that are nearly the same."""
    kept: list[Detection] = []
    for each in sorted(found, key=lambda face: (-face.score, face.box)):
        if all(each.box.iou(other.box) < _SAME for other in kept):
            kept.append(each)
    return kept


def _framed(detector: FaceDetector, image: Image) -> list[Detection]:
    """The faces of a picture whose edge is repeated around it, as `training.fit_crop` does."""
    height, width = image.shape[:2]
    scale = min(max(1.0, _SMALL / min(height, width)), _LARGE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    scaled = np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
    edge = max(size) // 2
    around = Region(-edge, -edge, size[0] + 2 * edge, size[1] + 2 * edge)
    return [_scaled(face, 1 / scale) for face in detect_in(detector, around, scaled)]


def _scaled(face: Detection, scale: float) -> Detection:
    box = Box(*(scale * each for each in face.box))
    return Detection(
        box, face.score, KeyPoints(*((scale * x, scale * y) for x, y in face.keypoints))
    )


def _turned_back(face: Detection, quarters: int, size: tuple[int, ...]) -> Detection:
    """A face of a picture that `np.rot90` has turned, in pixels of the picture of this size."""
    height, width = size
    box, points = face.box, list(face.keypoints)
    for quarter in range(quarters, 0, -1):
        across = width if quarter % 2 else height
        box = Box(across - box.y - box.height, box.x, box.height, box.width)
        points = [(across - y, x) for x, y in points]
    return Detection(box, face.score, KeyPoints(*points))
