"""Follows known faces from frame to frame by the motion of their key points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.change import greatest_change
from overlay.perception.detector import Detection
from overlay.scene import Box, Image, KeyPoints, Point

# Frames are halved until they are no wider than this: enough for motion, and cheap.
_WIDTH = 480
# Eyes, nose and mouth. Ears are often hidden, and what is next to them is background.
_POINTS = slice(0, 4)
# Followed forward and back, a point must return to within this, in pixels of the small frame.
_RETURN = 1.0
# Points must move together: the greatest deviation allowed, in box widths.
_LOOSE = 0.06
# Side of a spot whose change is measured, in pixels of the small frame.
_SPOT = 3
_LK: dict[str, Any] = {"winSize": (15, 15), "maxLevel": 2}

_Small = npt.NDArray[np.uint8]
_Complex = npt.NDArray[np.complex128]


class Flow:
    """Pyramidal Lucas-Kanade flow of key points (Bouguet, 2001), checked forward and back.

    It takes a tenth of the detector's time. The result drifts, so the detector has to look again
    several times per second.
    """

    def __init__(self) -> None:
        self._before: _Small | None = None
        self._now: _Small | None = None
        self._scale = 1.0

    def look(self, image: Image) -> float:
        """Take a new frame.

        Args:
            image: uint8 [height, width, 3], BGR.

        Returns:
            The greatest change of any spot since the frame of the last `follow`, 0 to 255 gray
            levels; 255 if there is no such frame.
        """
        self._now = _shrink(image)
        self._scale = self._now.shape[1] / image.shape[1]
        if self._before is None or self._before.shape != self._now.shape:
            return 255.0
        return greatest_change(self._before, self._now, _SPOT)

    def follow(self, faces: Mapping[int, Detection]) -> dict[int, Detection]:
        """Move faces from the frame of the last `follow` to that of the last `look`.

        Args:
            faces: The faces in the former frame, by track number.

        Returns:
            The faces in the latter frame, without those whose points cannot be followed.
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
        """Drop the frames."""
        self._before = self._now = None


def _shrink(image: Image) -> _Small:
    small: Any = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    # Halving uses OpenCV's fast path for averaging; any other factor takes ten times as long.
    while small.shape[1] > _WIDTH and small.shape[0] > 1:
        half = small.shape[1] // 2, small.shape[0] // 2
        small = cv2.resize(small, half, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _to_complex(points: npt.NDArray[np.floating]) -> _Complex:
    return np.asarray(points[..., 0] + 1j * points[..., 1], np.complex128)


def _moved(face: Detection, start: _Complex, end: _Complex) -> Detection | None:
    """The face shifted, rotated and scaled like its points, or None if these moved apart.

    Points are complex numbers, so that one factor is both rotation and scale (least squares).
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
