"""Measures how much a picture has changed, regardless of sensor noise."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

_Gray = npt.NDArray[np.uint8]


def greatest_change(before: _Gray, after: _Gray, spot: int) -> float:
    """The greatest change of any spot, 0 to 255 gray levels.

    Args:
        before: uint8 [height, width].
        after: The same shape.
        spot: Side of a spot in pixels; the noise of a sensor averages out over it.
    """
    return float(cv2.blur(cv2.absdiff(before, after), (spot, spot)).max())
