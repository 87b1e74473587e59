"""The London set as many cameras would show it, and with made-up expressions.

Each portrait is rendered in colour resolution many times: gray from other mixtures of the colour
channels (which makes skin lighter or darker than it is), exposure, framing, a small or compressed
picture. From the neutral ones `training.made_up` makes expressions of varied strength.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.crop import Tile, crop, tile_of
from overlay.scene import Image
from training import made_up
from training.calm import portrait_pictures
from training.data import FER2013, NEUTRAL, TILE

#: Renderings of each portrait, and of each made-up expression of each neutral one.
PHOTOGRAPHS, MADE_UP = 32, 6
# Label smoothing of photographs; how certain made-up expressions are, from faint to plain.
_SMOOTHING, _FAINT, _PLAIN = 0.05, 0.5, 0.9
_STRENGTHS = (0.5, 1.25)

_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Renderings:
    """Tiles of people.

    Attributes:
        images: uint8 [N, 48, 48].
        targets: float32 [N, 7], distributions over `FER2013`.
        subjects: who it is.
        made_up: bool [N], whether the expression is made up.
    """

    images: _Gray
    targets: npt.NDArray[np.float32]
    subjects: npt.NDArray[np.str_]
    made_up: npt.NDArray[np.bool_]


def render(folder: Path, seed: int = 0) -> Renderings:
    """Render the portraits of a folder, see `training.calm.portrait_pictures`."""
    rng = np.random.default_rng(seed)
    found: list[tuple[_Gray, npt.NDArray[np.float32], str, bool]] = []
    for image, face, label, person in portrait_pictures(folder):
        tile = tile_of(face.box, face.keypoints)
        emotion = FER2013.index(label)
        smooth = np.full(len(FER2013), _SMOOTHING / len(FER2013), np.float32)
        smooth[emotion] += 1 - _SMOOTHING
        for _ in range(PHOTOGRAPHS):
            picture = crop(_gray(image, rng), tile, made_up.SIDE)
            found.append((_photographed(picture, rng), smooth, person, False))
        if emotion == NEUTRAL:
            landmarks = made_up.Landmarks.of(face.keypoints, tile)
            found.extend(
                (tile_, target, person, True)
                for tile_, target in _made_up(image, tile, landmarks, rng)
            )
    images, targets, subjects, invented = zip(*found, strict=True)
    return Renderings(
        np.stack(images), np.stack(targets), np.array(subjects), np.array(invented, np.bool_)
    )


def _made_up(
    image: Image, tile: Tile, landmarks: made_up.Landmarks, rng: np.random.Generator
) -> Iterator[tuple[_Gray, npt.NDArray[np.float32]]]:
    for emotion in made_up.EMOTIONS:
        for _ in range(MADE_UP):
            strength = rng.uniform(*_STRENGTHS)
            portrait = crop(_gray(image, rng), tile, made_up.SIDE)
            picture = made_up.made_up(portrait, landmarks, emotion, strength, rng)
            certain = np.clip(_FAINT + (_PLAIN - _FAINT) * (strength - 0.5) / 0.4, _FAINT, _PLAIN)
            yield _photographed(picture, rng), _target(FER2013.index(emotion), float(certain))


def _target(emotion: int, certain: float) -> npt.NDArray[np.float32]:
    """Most of the doubt is whether the face is neutral."""
    doubt = 1 - certain
    target = np.full(len(FER2013), 0.25 * doubt / len(FER2013), np.float32)
    target[NEUTRAL] += 0.75 * doubt
    target[emotion] += certain
    return target


def _gray(image: Image, rng: np.random.Generator) -> Image:
    """A gray picture [H, W, 3] from a random mixture of blue, green and red, and exposure."""
    usual = np.array([0.114, 0.587, 0.299])
    weights = usual + rng.uniform(0, 0.9) * (rng.dirichlet([0.8, 0.8, 0.8]) - usual)
    gray = np.clip(image.astype(np.float32) @ weights.astype(np.float32) / 255, 0, 1)
    gray = (255 * gray ** np.exp(rng.uniform(-0.6, 0.6))).astype(np.uint8)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8)


def _photographed(picture: _Gray, rng: np.random.Generator) -> _Gray:
    """The tile [48, 48] of a portrait, framed inexactly, perhaps seen small or compressed."""
    side = len(picture)
    zoom = np.exp(rng.uniform(-0.08, 0.16))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-7, 7), zoom)
    matrix = matrix + np.pad(rng.uniform(-0.05, 0.05, (2, 1)) * side, ((0, 0), (2, 0)))
    moved = cv2.warpAffine(picture, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:
        moved = moved[:, ::-1]
    small = int(rng.integers(18, TILE)) if rng.random() < 0.5 else TILE
    tile = cv2.resize(moved, (small, small), interpolation=cv2.INTER_AREA)
    if small < TILE:
        tile = cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        compressed = cv2.imencode(".jpg", tile, quality)[1]
        return np.asarray(cv2.imdecode(compressed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(tile, np.uint8)
