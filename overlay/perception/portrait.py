"""Reads the only face in a picture, with the numbers needed to learn from it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.face_check import FaceCheck
from overlay.perception.picture_search import DOUBTFUL, find_faces
from overlay.scene import Box, Image


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
        self._detector = FaceDetector(threshold=DOUBTFUL)
        self._check = FaceCheck(self._detector)

    def read(self, image: Image) -> Portrait:
        """Find and read the face in a picture.

        Args:
            image: uint8 [height, width, 3], BGR.
        """
        faces = find_faces(self._detector, self._check, image)
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
