"""What makes a face hard to read, and how sure a reading of it then has to be.

The limits were chosen by what the network makes of the London set's faces when they are darkened,
blurred and shrunk: beyond them it misses more than half of the smiles, or calls calm faces
something else. A head turned by 55 degrees shows one eye only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overlay.perception.detector import Detection
from overlay.scene import KeyPoints, Reason

# The network's score of a covered mouth. There it finds nine in ten made-up masks and hands, and
# takes fewer than one in a hundred uncovered faces of PublicTest for covered.
_COVERED = 0.15
# How far the nose is from the middle between the eyes, in distances of the eyes.
_TURNED = 0.9
# Luminance and contrast of the face, 0 to 1.
_DARK, _FLAT = 0.1, 0.025
# Width of the face, in pixels.
_SMALL = 24
# Sharpness of the standardised face.
_BLURRED = 0.035
# So probable an emotion must be on a face that is hard to read; on a covered one nothing is said.
_SURE = 0.8
_NEVER = 1.1


class Doubt(NamedTuple):
    """Why a face is hard to read.

    Attributes:
        reason: What is in the way; None for nothing.
        unsure_below: The least probability that earns a label; above 1 if none does.
    """

    reason: Reason | None
    unsure_below: float


def doubt_about(
    face: Detection,
    covered: npt.NDArray[np.floating],
    quality: npt.NDArray[np.floating],
    unsure_below: float,
) -> Doubt:
    """What stands in the way of reading a face.

    Args:
        face: Where it is.
        covered: [1], as in `Reading.covered`.
        quality: [4], as in `Reading.quality`.
        unsure_below: The least probability that earns a clear face a label.
    """
    luminance, contrast, _, sharpness = quality
    if covered[0] >= _COVERED:
        return Doubt("covered", _NEVER)
    reason: Reason | None = None
    if _turn(face.keypoints) >= _TURNED:
        reason = "turned"
    elif face.box.width < _SMALL:
        reason = "small"
    elif luminance < _DARK or contrast < _FLAT:
        reason = "dark"
    elif sharpness < _BLURRED:
        reason = "blurred"
    return Doubt(reason, unsure_below if reason is None else max(unsure_below, _SURE))


def _turn(keypoints: KeyPoints) -> float:
    right, left, nose = (np.asarray(point) for point in keypoints[:3])
    across = left - right
    length = float(np.hypot(*across))
    if length < 1e-6:
        return float("inf")
    return abs(float((nose - (right + left) / 2) @ across)) / length**2
