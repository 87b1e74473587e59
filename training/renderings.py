"""The London set as many cameras would show it, and with synthetic expressions.

Each portrait is rendered many times from its full-size colour picture: with gray from other
mixtures of the colour channels (which makes skin lighter or darker than it is), other exposure and
framing, and as a small or compressed picture. From the neutral ones `training.made_up` makes
expressions of varied strength, and `training.transferred` shows other people's smiles on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.crop import crop, tile_of
from overlay.perception.detector import Detection
from overlay.scene import Image
from training import made_up
from training.calm import portrait_pictures
from training.data import FER2013, NEUTRAL, TILE
from training.transferred import Smile

#: What a rendering is of.
KINDS = ("photograph", "made up", "transferred")
#: Renderings of each portrait; of each made-up expression of each neutral one; of other people's
#: smiles on it.
PHOTOGRAPHS, MADE_UP, TRANSFERRED = 32, 6, 32
# Label smoothing of photographs; how certain made-up expressions are, from faint to plain.
_SMOOTHING, _FAINT, _PLAIN = 0.05, 0.5, 0.9
_STRENGTHS, _SMILE_STRENGTHS = (0.5, 1.25), (0.5, 1.1)
# This share of the smiles, the faintest, is not transferred.
_TOO_FAINT = 0.15

_Gray = npt.NDArray[np.uint8]
# Tile, target, whose face, kind, whose expression.
_Rendering = tuple[_Gray, npt.NDArray[np.float32], str, str, str]


@dataclass(frozen=True)
class Renderings:
    """Tiles of people.

    Attributes:
        images: uint8 [N, 48, 48].
        targets: float32 [N, 7], distributions over `FER2013`.
        subjects: whose face it is.
        kinds: which of `KINDS` it is.
        donors: whose expression it is; the same person but for transferred smiles.
    """

    images: _Gray
    targets: npt.NDArray[np.float32]
    subjects: npt.NDArray[np.str_]
    kinds: npt.NDArray[np.str_]
    donors: npt.NDArray[np.str_]

    def of(self, people: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which show nobody but these people, bool [N]."""
        known = list(people)
        return np.isin(self.subjects, known) & np.isin(self.donors, known)


def render(folder: Path, seed: int = 0, smiles: bool = False) -> Renderings:
    """Render the portraits of a folder, see `training.calm.portrait_pictures`.

    Args:
        folder: the portraits.
        seed: draws everything that varies.
        smiles: whether to transfer smiles, too.
    """
    rng = np.random.default_rng(seed)
    portraits = [
        _Portrait(image, face, label, person)
        for image, face, label, person in portrait_pictures(folder)
    ]
    found: list[_Rendering] = []
    for portrait in portraits:
        emotion = FER2013.index(portrait.label)
        smooth = np.full(len(FER2013), _SMOOTHING / len(FER2013), np.float32)
        smooth[emotion] += 1 - _SMOOTHING
        who = portrait.person
        for _ in range(PHOTOGRAPHS):
            tile = _photographed(portrait.gray(rng), rng)
            found.append((tile, smooth, who, KINDS[0], who))
        if emotion == NEUTRAL:
            found.extend(
                (tile, target, who, KINDS[1], who) for tile, target in _made_up(portrait, rng)
            )
    if smiles:
        found.extend(_transferred(portraits, rng))
    images, targets, subjects, kinds, donors = zip(*found, strict=True)
    names = (np.array(each) for each in (subjects, kinds, donors))
    return Renderings(np.stack(images), np.stack(targets), *names)


class _Portrait:
    """A picture of a person, and where the face is in it."""

    def __init__(self, image: Image, face: Detection, label: str, person: str) -> None:
        self.label, self.person = label, person
        self._image, self._tile = image, tile_of(face.box, face.keypoints)
        self.landmarks = made_up.Landmarks.of(face.keypoints, self._tile)

    def plain(self) -> _Gray:
        """Gray, uint8 [192, 192], as the application makes it."""
        return crop(self._image, self._tile, made_up.SIDE)

    def gray(self, rng: np.random.Generator) -> _Gray:
        """Gray, uint8 [192, 192], as some camera makes it."""
        return crop(_gray(self._image, rng), self._tile, made_up.SIDE)


def _made_up(
    portrait: _Portrait, rng: np.random.Generator
) -> Iterator[tuple[_Gray, npt.NDArray[np.float32]]]:
    for emotion in made_up.EMOTIONS:
        for _ in range(MADE_UP):
            strength = rng.uniform(*_STRENGTHS)
            gray = portrait.gray(rng)
            picture = made_up.made_up(gray, portrait.landmarks, emotion, strength, rng)
            target = _target(FER2013.index(emotion), _certain(strength))
            yield _photographed(picture, rng), target


def _transferred(portraits: Sequence[_Portrait], rng: np.random.Generator) -> Iterator[_Rendering]:
    """Each neutral face with smiles of other people."""
    neutral = {each.person: each for each in portraits if each.label == "neutral"}
    smiles = {
        each.person: Smile.between(
            neutral[each.person].plain(),
            each.plain(),
            neutral[each.person].landmarks,
            each.landmarks,
        )
        for each in portraits
        if each.label == "happy" and each.person in neutral
    }
    least = np.quantile([smile.size for smile in smiles.values()], _TOO_FAINT)
    plain = [name for name, smile in smiles.items() if smile.size >= least]
    for name, portrait in neutral.items():
        donors = [donor for donor in plain if donor != name]
        for _ in range(TRANSFERRED):
            donor = donors[int(rng.integers(len(donors)))]
            strength = rng.uniform(*_SMILE_STRENGTHS)
            picture = smiles[donor].on(portrait.gray(rng), portrait.landmarks, strength)
            target = _target(FER2013.index("happy"), _certain(strength))
            yield _photographed(picture, rng), target, name, KINDS[2], donor


def _certain(strength: float) -> float:
    """How certain an expression of this strength is."""
    return float(np.clip(_FAINT + (_PLAIN - _FAINT) * (strength - 0.5) / 0.4, _FAINT, _PLAIN))


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
