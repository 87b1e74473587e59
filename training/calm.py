"""Faces that are certainly calm, on which the operating point is fitted.

There are three kinds: the neutral faces of the Face Research Lab London Set (DeBruine and Jones,
2017, CC BY 4.0), people who look into a camera in even light; PublicTest tiles, pictures from the
web, that FER2013 and FER+ both call neutral; and the same people blurred, as a cheap webcam shows
them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Image
from training.data import NEUTRAL, TILE, Tiles
from training.errors import LabelError
from training.shown import agreed_labels

#: The kinds, in the order of the operating point's numbers that they decide.
GROUPS = ("people", "tiles", "blurred")
# Blurred views of each person, in pixels of the tile.
_BLURS = (1.0, 2.0)


@dataclass(frozen=True)
class CalmFaces:
    """Calm faces.

    Attributes:
        images: uint8 [N, 48, 48].
        groups: which of `GROUPS` each is of.
        subjects: whose face it is; empty where that is unknown.
    """

    images: npt.NDArray[np.uint8]
    groups: npt.NDArray[np.str_]
    subjects: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """What each face counts where every group counts the same, float64 [N]."""
        _, group, sizes = np.unique(self.groups, return_inverse=True, return_counts=True)
        return np.asarray(1 / sizes[group], np.float64)

    def take(self, rows: npt.NDArray[np.bool_]) -> CalmFaces:
        """Those where `rows` is true."""
        return CalmFaces(self.images[rows], self.groups[rows], self.subjects[rows])


@dataclass(frozen=True)
class Portraits:
    """Tiles of the London set: images [N, 48, 48], labels and people [N]."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.str_]
    subjects: npt.NDArray[np.str_]


def calm_faces(tiles: Tiles, people: Portraits | None = None) -> CalmFaces:
    """Gather calm faces.

    Args:
        tiles: labelled by both label sets, not trained on.
        people: the London set; without it, the tiles are the people.
    """
    agreed = tiles.images[agreed_labels(tiles) == NEUTRAL]
    if not len(agreed):
        raise LabelError("no face here is called calm by both label sets")
    unknown = np.full(len(agreed), "")
    if people is None:
        return CalmFaces(agreed, np.full(len(agreed), "people"), unknown)
    calm = people.labels == "neutral"
    images, subjects = people.images[calm], people.subjects[calm]
    blurred = np.array([blur(image, size) for size in _BLURS for image in images])
    parts = {
        "tiles": (agreed, unknown),
        "people": (images, subjects),
        "blurred": (blurred.reshape(-1, TILE, TILE), np.tile(subjects, len(_BLURS))),
    }
    return CalmFaces(
        np.concatenate([found for found, _ in parts.values()]),
        np.concatenate([np.full(len(found), group) for group, (found, _) in parts.items()]),
        np.concatenate([names for _, names in parts.values()]),
    )


def read_portraits(folder: Path) -> Portraits:
    """The faces of a folder with a ``labels.csv`` (file, expression, person), cut as the app does.

    Raises:
        LabelError: the csv cannot be used.
    """
    found = [
        (crop_faces(image, [(face.box, face.keypoints)], TILE)[0, 0], label, person)
        for image, face, label, person in portrait_pictures(folder)
    ]
    if not found:
        raise LabelError(f"{folder}: no face found in any picture of labels.csv")
    images, labels, subjects = zip(*found, strict=True)
    return Portraits(np.stack(images), np.array(labels), np.array(subjects))


def portrait_pictures(folder: Path) -> Iterator[tuple[Image, Detection, str, str]]:
    """Picture, largest face, expression and person for each row of ``labels.csv``.

    Pictures without a face are left out.

    Raises:
        LabelError: the csv cannot be used.
    """
    try:
        with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
            rows = [(row["file"], row["expression"], row["person"]) for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        raise LabelError(f"{folder / 'labels.csv'}: needs file, expression, person") from None
    detector = FaceDetector()
    try:
        for name, label, person in rows:
            read = cv2.imread(str(folder / name))
            image = None if read is None else np.asarray(read, np.uint8)
            faces = [] if image is None else detector.detect(image)
            if image is not None and faces:
                yield image, max(faces, key=lambda found: found.box.area), label, person
    finally:
        detector.close()


def blur(tile: npt.NDArray[np.uint8], size: float) -> npt.NDArray[np.uint8]:
    """A tile as an unsharp camera shows it; `size` is the standard deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(tile, (0, 0), size), np.uint8)
