"""Accuracy on dark and bright, flat and high-contrast, blurred and sharp faces.

A slice by brightness mixes exposure, skin and background: it is not an audit of how the model
treats groups of people, for which this data has no labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.data import FER2013, Tiles
from training.metrics import ferplus_majority, wilson_interval

QUARTERS = 4


@dataclass(frozen=True)
class Slice:
    """One quarter of the faces by one property.

    Attributes:
        property: the property.
        low: lowest value in the slice.
        high: highest value in the slice.
        faces: number of faces with a FER+ majority among the seven emotions.
        accuracy: share of them read as the majority says.
        interval: its 95 % confidence interval.
    """

    property: str
    low: float
    high: float
    faces: int
    accuracy: float
    interval: tuple[float, float]


def properties(images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float64]]:
    """Mean and deviation of the gray levels, and deviation of the Laplacian, of each tile."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    edges = [cv2.Laplacian(image, cv2.CV_64F).std() for image in images]
    return {
        "brightness": flat.mean(axis=1),
        "contrast": flat.std(axis=1),
        "sharpness": np.array(edges),
    }


def slices(probabilities: npt.NDArray[np.floating], tiles: Tiles) -> list[Slice]:
    """Accuracy by FER+ majority in each quarter of the faces by each property."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = (majority >= 0) & (majority < len(FER2013))
    right = probabilities.argmax(axis=1)[kept] == majority[kept]
    result = []
    for name, values in properties(tiles.images[kept]).items():
        order = values.argsort(kind="stable")
        for part in np.array_split(order, QUARTERS):
            hits = int(right[part].sum())
            result.append(
                Slice(
                    property=name,
                    low=float(values[part].min()),
                    high=float(values[part].max()),
                    faces=len(part),
                    accuracy=hits / len(part),
                    interval=wilson_interval(hits, len(part)),
                )
            )
    return result
