"""Follows found faces from picture to picture by how their key points move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.change import greatest_change
from overlay.perception.detector import Detection
from overlay.scene import Box, Image, KeyPoints, Point

# Pictures are halved until they are no wider than this: enough for motion, and cheap.
_WIDTH = 480
# Eyes, nose and mouth; ears are often hidden, and what is seen beside them is background.
_POINTS = slice(0, 4)
# Followed forth and back, a point must return to within this, in pixels of the small picture.
_RETURN = 1.0
# Points must move together: off by no more than this, in box widths.
_LOOSE = 0.06
# Side of what counts as a spot that changes, in pixels of the small picture.
_SPOT = 3
_LK: dict[str, Any] = {"winSize": (15, 15), "maxLevel": 2}

_Small = npt.NDArray[np.uint8]
_Complex = npt.NDArray[np.complex128]


class Flow:
    """Pyramidal Lucas-Kanade flow of key points (Bouguet, 2001), checked forth and back.

    It takes a tenth of the detector's time. What it follows drifts, so the detector has to look
    again several times a second.
    """

    def __init__(self) -> None:
        self._before: _Small | None = None
        self._now: _Small | None = None
        self._scale = 1.0

    def look(self, image: Image) -> float:
        """Take in a picture.

        Args:
            image: uint8 [height, width, 3], BGR.

        Returns:
            The greatest change of any spot since the picture of the last `follow`, 0 to 255
            gray levels; 255 where there is none to compare with.
        """
        self._now = _shrink(image)
        self._scale = self._now.shape[1] / image.shape[1]
        if self._before is None or self._before.shape != self._now.shape:
            return 255.0
        return greatest_change(self._before, self._now, _SPOT)

    def follow(self, faces: Mapping[int, Detection]) -> dict[int, Detection]:
        """Move faces from the picture of the last call to that of the last `look`.

        Args:
            faces: Where they were in the former, by any number.

        Returns:
            Where they are now; those whose points cannot be followed are left out.
        """
        before, self._before = self._before, self._now
        if not faces or before is None or self._now is None or before.shape != self._now.shape:
            return {}
        points = np.array([face.keypoints[_POINTS] for face in faces.values()], np.float32)
        start = points.reshape(-1, 1, 2) * np.float32(self._scale)
        there, found, _ = cv2.calcOpticalFlowPyrLK(before, self._now, start, None, **_LK)
        back, returned, _ = cv2.calcOpticalFlowPyrLK(self._now, before, there, None, **_LK)
        off = np.abs(back - start).max(axis=(1, 2))
        good = ((found == 1) & (returned == 1)).ravel() & (off <= _RETURN)
        shape = points.shape[:2]
        sure = good.reshape(shape).all(axis=1)
        ends = _to_complex(np.asarray(there, np.float32).reshape(points.shape) / self._scale)
        followed = {}
        starts = _to_complex(points)
        for row, (number, face) in enumerate(faces.items()):
            moved = _moved(face, starts[row], ends[row]) if sure[row] else None
            if moved is not None:
                followed[number] = moved
        return followed

    def forget(self) -> None:
        """Drop the pictures."""
        self._before = self._now = None


def _shrink(image: Image) -> _Small:
    small: Any = image
    # Halving takes OpenCV's fast way through averaging; any other factor takes ten times as long.
    while small.shape[1] > _WIDTH and small.shape[0] > 1:
        half = small.shape[1] // 2, small.shape[0] // 2
        small = cv2.resize(small, half, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _to_complex(points: npt.NDArray[np.floating]) -> _Complex:
    return np.asarray(points[..., 0] + 1j * points[..., 1], np.complex128)


def _moved(face: Detection, start: _Complex, end: _Complex) -> Detection | None:
    """The face shifted, turned and grown as its points were, or None if they fell apart.

    Points are complex numbers, so one factor is both turn and growth (least squares).
    """
    from_, to = start.mean(), end.mean()
    arms = start - from_
    spread = float((np.abs(arms) ** 2).sum())
    if spread == 0:
        return None
    factor = complex((arms.conj() * (end - to)).sum() / spread)
    if np.abs(end - to - factor * arms).max() > _LOOSE * face.box.width:
        return None

    def move(point: Point) -> Point:
        place = to + factor * (complex(*point) - from_)
        return float(place.real), float(place.imag)

    (x, y), growth = move(face.box.center), abs(factor)
    width, height = face.box.width * growth, face.box.height * growth
    box = Box(x - width / 2, y - height / 2, width, height)
    return Detection(box, face.score, KeyPoints(*map(move, face.keypoints)))
