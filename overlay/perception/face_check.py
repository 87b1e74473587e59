"""A second opinion on whether what the detector has found is a face.

The detector sees faces in flowers, waterfalls and stars, most of all when it looks at small parts
of a picture. It is asked again with the face in the middle and at its favourite size, and what is
there is compared with faces and with the detector's own mistakes.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.errors import ModelError
from overlay.host import resources
from overlay.language import LazyText
from overlay.models_store import check_file, read_json
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.search import Region, detect_in
from overlay.scene import Image
from overlay.shipped import FACE_CHECK_SHA256

#: Number of features of a face: 900 of its crop, and the detector's two scores.
FEATURES = 902

# Side of what the closer look sees, in widths of the face.
_VIEW = 3.5
# A closer look means the same face if the boxes overlap by this much (intersection over union).
_SAME = 0.3
# Side of the crop, which is that of the network's training tiles.
_CROP = 48
# Scores are kept this far from 0 and 1, where their odds have no end.
_LEAST_SCORE = 0.02

_FIX = LazyText("install the application again, or run `python -m training.face_check`")

Features = npt.NDArray[np.float32]


class Checked(NamedTuple):
    """A face as the closer look sees it, and what speaks for its being one.

    Attributes:
        face: Box and key points of the closer look; the higher of the two scores.
        features: float32 [902], what `FaceCheck` weighs.
    """

    face: Detection
    features: Features


class Judged(NamedTuple):
    """A face as the closer look sees it, and the log odds that it is one, 0 at the threshold."""

    face: Detection
    log_odds: float


class FaceCheck:
    """Logistic regression on what a face looks like and on the detector's scores.

    What it looks like is a histogram of oriented gradients (Dalal and Triggs, CVPR 2005).
    `python -m training.face_check` fits it to FER2013's tiles and to pictures without faces.

    Args:
        detector: To look with; its threshold is the least score of a closer look.
        path: The numbers; by default those that come with the application, whose checksum is in
            the program.

    Raises:
        ModelError: The numbers are missing, altered or incomplete.
    """

    def __init__(self, detector: FaceDetector, path: Path | None = None) -> None:
        self._detector = detector
        self._weights, self._bias = load_weights(path)

    def judge(self, image: Image, face: Detection) -> Judged | None:
        """Look at a face again.

        Args:
            image: uint8 [height, width, 3], BGR.
            face: What may be a face in it.

        Returns:
            The face with the better box of the closer look and the higher of both scores, and the
            log odds that it is one; None if the closer look shows none.
        """
        checked = look_closer(self._detector, image, face)
        if checked is None:
            return None
        return Judged(checked.face, float(checked.features @ self._weights) + self._bias)

    def confirm(self, image: Image, face: Detection) -> Detection | None:
        """The face as `judge` sees it; None if it is more likely to be none."""
        judged = self.judge(image, face)
        return judged.face if judged is not None and judged.log_odds >= 0 else None


def load_weights(path: Path | None = None) -> tuple[Features, float]:
    """What `FaceCheck` weighs features with: float32 [902], and what is added to their sum.

    Args:
        path: The numbers; by default those that come with the application.

    Raises:
        ModelError: The numbers are missing, altered or incomplete.
    """
    where = path or face_check_path()
    if path is None:
        check_file(where, FACE_CHECK_SHA256, fix=_FIX)
    content = read_json(where)
    try:
        weights = np.asarray(content["weights"], np.float32)
        bias = float(content["bias"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(LazyText("{where} is incomplete; {fix}", where=where, fix=_FIX)) from error
    if weights.shape != (FEATURES,):
        raise ModelError(
            LazyText(
                "{where} must have {features} weights; {fix}",
                where=where,
                features=FEATURES,
                fix=_FIX,
            )
        )
    return weights, bias


def face_check_path() -> Path:
    """The file with the numbers that come with the application."""
    return resources.models_dir() / "face_check.json"


def look_closer(detector: FaceDetector, image: Image, face: Detection) -> Checked | None:
    """What the detector makes of a face in the middle of its view; None if it sees none there."""
    seen = detect_in(detector, _view(face), image)
    closer = max(seen, key=lambda each: each.box.iou(face.box), default=None)
    if closer is None or closer.box.iou(face.box) < _SAME:
        return None
    best = closer._replace(score=max(closer.score, face.score))
    crop = crop_faces(image, [(closer.box, closer.keypoints)], _CROP)[0, 0]
    return Checked(best, features(crop, face.score, closer.score))


def features(crop: npt.NDArray[np.uint8], score: float, closer: float) -> Features:
    """What speaks for a face.

    Args:
        crop: uint8 [48, 48], as `crop.crop_faces` cuts it.
        score: The detector's score when it found the face, 0 to 1.
        closer: Its score in the closer look.
    """
    gradients = np.asarray(_hog().compute(crop), np.float32).ravel()
    return np.append(gradients, np.asarray([_log_odds(score), _log_odds(closer)], np.float32))


def _hog() -> Any:
    return cv2.HOGDescriptor((_CROP, _CROP), (16, 16), (8, 8), (8, 8), 9)


def _log_odds(score: float) -> float:
    kept = min(max(score, _LEAST_SCORE), 1 - _LEAST_SCORE)
    return math.log(kept / (1 - kept))


def _view(face: Detection) -> Region:
    """The square around a face that the closer look sees; it may extend beyond the picture."""
    (x, y), side = face.box.center, max(face.box.width, face.box.height) * _VIEW
    return Region(
        round(x - side / 2), round(y - side / 2), max(1, round(side)), max(1, round(side))
    )
