"""Reads the only face in a picture, with the numbers needed to learn from it."""

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
    """What a picture shows.

    Attributes:
        faces: Number of faces; the other attributes are None unless it is 1.
        box: Position of the face, in pixels.
        embedding: float32 [D], as in `Reading.embedding`.
        probabilities: float32 [7], as in `Reading.emotion`.
    """

    faces: int
    box: Box | None = None
    embedding: npt.NDArray[np.float32] | None = None
    probabilities: npt.NDArray[np.float32] | None = None


class PortraitReader:
    """The detector and the network, for single pictures.

    Use it from one thread, and close it or use it in a `with` statement.

    Args:
        model: The expression network; by default the one that comes with the application.

    Raises:
        ModelError: A model is missing, altered, or does not meet the contract.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._classifier = Classifier(model)
        self._detector = FaceDetector()

    def read(self, image: Image) -> Portrait:
        """Find and read the face in a picture.

        A picture that is filled by a face gets a frame first, because the detector needs to see
        some space around a face.

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
    """The picture with its edge pixels repeated around it, as `training.fit_crop` does to tiles."""
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
