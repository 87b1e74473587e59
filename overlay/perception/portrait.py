"""Reads the one face of a picture, with what is needed to learn from it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Box, Image

# A picture smaller than this, in pixels, is enlarged for the detector.
_SMALL = 192


class Portrait(NamedTuple):
    """What is seen in a picture.

    Attributes:
        faces: How many faces there are; the rest is None unless there is exactly one.
        box: Where the face is, in pixels.
        embedding: float32 [D], as in `Reading.embedding`.
        probabilities: float32 [7], as in `Reading.emotion`.
    """

    faces: int
    box: Box | None = None
    embedding: npt.NDArray[np.float32] | None = None
    probabilities: npt.NDArray[np.float32] | None = None


class PortraitReader:
    """The detector and the network, for pictures one at a time.

    Use it from one thread, and close it or use it in a `with` statement.

    Args:
        model: The expression network; by default the one that comes with the application.

    Raises:
        ModelError: A model is missing, altered, or does not keep the contract.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._classifier = Classifier(model)
        self._detector = FaceDetector()

    def read(self, image: Image) -> Portrait:
        """Find and read the face of a picture.

        A picture that is nothing but a face, edge to edge, is framed first: the detector wants
        to see around a face.

        Args:
            image: uint8 [height, width, 3], BGR.
        """
        faces = self._detector.detect(image)
        if not faces:
            image = _framed(image)
            faces = self._detector.detect(image)
        if len(faces) != 1:
            return Portrait(len(faces))
        return self._read(image, faces[0])

    def close(self) -> None:
        """Release the models; safe to call twice."""
        self._detector.close()

    def __enter__(self) -> PortraitReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, image: Image, face: Detection) -> Portrait:
        crops = crop_faces(image, [(face.box, face.keypoints)], self._classifier.size)
        reading = self._classifier.classify(crops)
        return Portrait(1, face.box, reading.embedding[0], reading.emotion[0])


def _framed(image: Image) -> Image:
    """The picture with its own edge repeated around it, as `training.fit_crop` frames tiles."""
    height, width = image.shape[:2]
    scale = max(1.0, _SMALL / min(height, width))
    if scale > 1:
        image = np.asarray(
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    edge = max(image.shape[:2]) // 2
    return np.asarray(
        cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_REPLICATE), np.uint8
    )
