"""Fit the position of a training tile relative to the face detector's box.

    python -m training.fit_crop --sheet public_test.png --labels public_test.csv

The application's detector runs on the tiles themselves, enlarged four times, with a replicated
border as wide as the tile; the medians over the tiles are the constants `SIDE` and `OFFSET` of
`overlay.perception.crop`. The overlap printed with them is the intersection over union of the
fitted square and the true tile. The rest, up to 1, is the variation in how FER2013 itself frames
faces, which scale and shift augmentation must cover.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.detector import Detection, FaceDetector
from overlay.scene import Box
from training.data import TILE, read_sheet
from training.errors import TrainingError, one_line_errors

ENLARGED = 4 * TILE

_TILE = Box(0.0, 0.0, 1.0, 1.0)
_POINTS = ("right eye", "left eye", "nose", "mouth", "right ear", "left ear")


class Fit(NamedTuple):
    """The crop's geometry and how well it fits the tiles.

    Attributes:
        tiles: Number of tiles.
        detected: Number of tiles in which a face was found.
        side: Side of the tile in box widths.
        offset: Centre of the tile relative to that of the upright box, in box widths.
        spread: Interquartile range of the box width, in tiles.
        overlap: Median intersection over union of the fitted square and the tile.
        points: Median position of eyes, nose, mouth and ears in the tile, 0 to 1; the person's
            right one first.
    """

    tiles: int
    detected: int
    side: float
    offset: tuple[float, float]
    spread: float
    overlap: float
    points: tuple[tuple[float, float], ...]


def fit(images: npt.NDArray[np.uint8]) -> Fit:
    """Fit the geometry to tiles, uint8 [N, 48, 48].

    Raises:
        TrainingError: The detector finds no face in any tile.
    """
    with_faces = list(_detections(images))
    if not with_faces:
        raise TrainingError("the detector finds no face in these tiles; choose another sheet")
    measured = np.array([_measure(face) for face in with_faces])
    width, x, y = measured.T
    side, offset = float(np.median(1 / width)), (float(np.median(x)), float(np.median(y)))
    overlaps = [
        _square(0.5 + (offset[0] - dx) * w, 0.5 + (offset[1] - dy) * w, side * w).iou(_TILE)
        for w, dx, dy in measured
    ]
    lower, upper = np.percentile(width, (25, 75))
    places = np.median([_in_tile(face) for face in with_faces], axis=0)
    return Fit(
        tiles=len(images),
        detected=len(with_faces),
        side=side,
        offset=offset,
        spread=float(upper - lower),
        overlap=float(np.median(overlaps)),
        points=tuple((float(px), float(py)) for px, py in places),
    )


def balanced(labels: npt.NDArray[np.int64], count: int, seed: int) -> npt.NDArray[np.int64]:
    """Indices of about `count` tiles, the same number of each class as far as possible."""
    generator = np.random.default_rng(seed)
    classes = np.unique(labels)
    chosen = [
        generator.permutation(np.flatnonzero(labels == label))[: count // len(classes)]
        for label in classes
    ]
    return np.concatenate(chosen)


def _square(x: float, y: float, side: float) -> Box:
    return Box(x - side / 2, y - side / 2, side, side)


def _detections(images: npt.NDArray[np.uint8]) -> Iterator[Detection]:
    """The most confident face of each tile that has one."""
    detector = FaceDetector()
    try:
        for tile in images:
            large = cv2.resize(tile, (ENLARGED, ENLARGED), interpolation=cv2.INTER_CUBIC)
            edge = ENLARGED
            framed = cv2.copyMakeBorder(large, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
            yield from detector.detect(np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR)))[:1]
    finally:
        detector.close()


def _in_tile(face: Detection) -> npt.NDArray[np.float64]:
    """The key points [6, 2] as fractions of the tile."""
    return np.asarray(face.keypoints) / ENLARGED - 1


def _measure(face: Detection) -> tuple[float, float, float]:
    """Width of the box in tiles; vector from its centre to the tile's, upright, in box widths."""
    right, left = _in_tile(face)[:2]
    roll = math.atan2(left[1] - right[1], left[0] - right[0])
    width = face.box.width / ENLARGED
    x, y = (1.5 - value / ENLARGED for value in face.box.center)
    cos, sin = math.cos(roll), math.sin(roll)
    return width, (cos * x + sin * y) / width, (cos * y - sin * x) / width


@one_line_errors
def main(arguments: list[str] | None = None) -> None:
    """Print the fitted constants."""
    parser = argparse.ArgumentParser(
        prog="python -m training.fit_crop", description="Fit the crop geometry."
    )
    parser.add_argument("--sheet", type=Path, required=True, help="sprite sheet of tiles")
    parser.add_argument("--labels", type=Path, required=True, help="csv with one row per tile")
    parser.add_argument("--tiles", type=int, default=1050, help="how many, class-balanced")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    options = parser.parse_args(arguments)
    tiles = read_sheet(options.sheet, options.labels)
    result = fit(tiles.images[balanced(tiles.labels, options.tiles, options.seed)])
    print(f"detected  {result.detected} of {result.tiles} tiles")
    print(f"SIDE      {result.side:.3f}")
    print(f"OFFSET    ({result.offset[0]:.3f}, {result.offset[1]:.3f})")
    print(f"overlap   {result.overlap:.3f} (median IoU); box width spreads {result.spread:.3f}")
    for name, (x, y) in zip(_POINTS, result.points, strict=True):
        print(f"{name:<9} ({x:.2f}, {y:.2f})")


if __name__ == "__main__":
    main()
