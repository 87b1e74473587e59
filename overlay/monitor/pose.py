"""How far a head is turned and nodded, from the six key points of the detector."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from overlay.scene import KeyPoints

# Where the key points are on a head, in centimetres: to the head's left, up, to the front; in the
# order of `KeyPoints`. Eye, nose, mouth and ear vertices of MediaPipe's canonical face model
# (mediapipe/modules/face_geometry/data/canonical_face_model.obj, Apache-2.0): middle of 33 and
# 133, 1, middle of 13 and 14, 234.
_HEAD = np.array(
    [
        (-3.15, 2.62, 3.47),
        (3.15, 2.62, 3.47),
        (0.0, -1.13, 7.48),
        (0.0, -4.27, 5.31),
        (-7.66, 0.67, -2.44),
        (7.66, 0.67, -2.44),
    ]
)
_CENTERED = _HEAD - _HEAD.mean(axis=0)
_FIT = np.linalg.pinv(_CENTERED)

# How far the points are from those of a head that fits, in centimetres; up to that, the error is
# the least.
_GOOD_MISFIT_CM = 0.4
_LARGEST_MISFIT_CM = 0.7
_LEAST_ERROR_DEG = 8.0

#: A head turned further than this, beyond the error, looks away from the screen; in degrees.
AWAY_YAW_DEG = 30.0
#: The same for a nod.
AWAY_PITCH_DEG = 25.0


class Pose(NamedTuple):
    """Where a head points, upright or tilted.

    Attributes:
        yaw_deg: Turn; positive to the person's own left.
        pitch_deg: Nod; positive is up.
        error_deg: One standard deviation of the error of either.
    """

    yaw_deg: float
    pitch_deg: float
    error_deg: float

    @property
    def away(self) -> bool:
        """Whether the head is turned away from the screen by more than the error."""
        return (
            abs(self.yaw_deg) - self.error_deg > AWAY_YAW_DEG
            or abs(self.pitch_deg) - self.error_deg > AWAY_PITCH_DEG
        )


def pose_of(keypoints: KeyPoints) -> Pose | None:
    """Fit an average head to the key points.

    The fit is POS (DeMenthon and Davis, 1995: "Model-based object pose in 25 lines of code"), a
    linear fit of a scaled orthographic projection, here with the nearest rotation.

    The error was estimated on the clips in shared/media by reading each frame and its mirror
    image, whose yaw must be opposite and whose pitch the same: half the difference is 3 to 5
    degrees r.m.s. while the points fit the head within 0.4 cm, and more the worse they fit. It
    also covers that people's heads differ from the average one, about 6 degrees on faces that
    look into the camera. There is no measured truth behind it.

    Returns:
        The pose, or None if the points do not fit a head.
    """
    points = np.asarray(keypoints) * (1, -1)
    points = points - points.mean(axis=0)
    if not np.isfinite(points).all():
        return None
    left, scales, right = np.linalg.svd((_FIT @ points).T, full_matrices=False)
    scale = float(scales.mean())
    if not scale > 0:
        return None
    rows = left @ right
    misfit = scale * _CENTERED @ rows.T - points
    misfit_cm = math.sqrt(float((misfit**2).sum(axis=1).mean())) / scale
    if not misfit_cm <= _LARGEST_MISFIT_CM:
        return None
    (a, b, x), (c, d, y) = rows.tolist()
    z = a * d - b * c  # the rotation's third row is the cross product of the others
    # Of the direction in which the nose points, so that tilting the head alone changes neither.
    yaw = math.degrees(math.atan2(x, z))
    pitch = math.degrees(math.asin(max(-1.0, min(1.0, y))))
    return Pose(yaw, pitch, _LEAST_ERROR_DEG * max(1.0, misfit_cm / _GOOD_MISFIT_CM))
