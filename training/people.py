"""Read pictures of people: a regular expression gives the person, the folder the expression.

Needs only NumPy and OpenCV, and MediaPipe if faces have to be found first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.crop import crop_faces
from overlay.perception.detector import FaceDetector
from training.data import ALIASES, FER2013, FERPLUS, IMAGE_SUFFIXES, TILE
from training.errors import LabelError

FacesMode = Literal["auto", "find", "whole"]
FACES_MODES: dict[str, FacesMode] = {mode: mode for mode in get_args(FacesMode)}

# In `auto`, pictures with a shorter side up to this are taken for tiles.
_TILE_LIKE = 2 * TILE


@dataclass(frozen=True)
class People:
    """Gray face tiles of people.

    Attributes:
        images: uint8 [N, 48, 48].
        labels: int64 [N], index into `FER2013`.
        subjects: the person in each image.
        left_out: number of pictures left out, by reason.
        notes: number of pictures not used as intended, by reason.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    subjects: npt.NDArray[np.str_]
    left_out: dict[str, int]
    notes: dict[str, int]


def read_people(folder: Path, pattern: str, faces: FacesMode = "auto") -> People:
    """Read a folder of pictures, at any depth.

    The person is the group of `pattern` named `subject`, or its first group, found in the file
    name. The expression is its group named `emotion` if there is one, or else the nearest folder
    above the file that is named after a class. Class names may be common variants, or unambiguous
    prefixes such as ``HA`` or ``AN``.

    Exact copies among one person's tiles count once.

    Args:
        folder: the folder.
        pattern: regular expression with a group.
        faces: ``find`` looks for the face as the application does, ``whole`` uses the whole
            picture as a tile, ``auto`` looks for a face in pictures larger than 96 pixels.

    Raises:
        LabelError: the folder or the pattern cannot be used, or no picture is left.
    """
    if not folder.is_dir():
        raise LabelError(f"{folder}: no such folder")
    expression = compiled(pattern)
    left_out: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    found: dict[tuple[str, bytes], tuple[npt.NDArray[np.uint8], int, str]] = {}
    with _Tiler(faces, notes) as to_tile:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in IMAGE_SUFFIXES:
                continue
            known = _known(path, folder, expression)
            if isinstance(known, str):
                left_out[known] += 1
                continue
            subject, label = known
            tile = to_tile(path)
            if tile is None:
                left_out["no face found, or not a readable image"] += 1
            elif (subject, tile.tobytes()) in found:
                left_out["an exact copy"] += 1
            else:
                found[subject, tile.tobytes()] = tile, label, subject
    if not found:
        reasons = "; ".join(f"{reason}: {count}" for reason, count in left_out.items())
        raise LabelError(f"{folder}: no picture can be used ({reasons or 'there is none'})")
    tiles, labels, subjects = zip(*found.values(), strict=True)
    return People(
        np.stack(tiles), np.array(labels, np.int64), np.array(subjects), dict(left_out), dict(notes)
    )


def emotion_named(name: str) -> int | None:
    """Index into `FERPLUS` of a class by its name, a common variant, or a prefix of one."""
    known = {**{name: name for name in FERPLUS}, **ALIASES}
    name = name.lower()
    meant = {known[name]} if name in known else set()
    if not meant and len(name) >= 2:
        meant = {emotion for variant, emotion in known.items() if variant.startswith(name)}
    return FERPLUS.index(meant.pop()) if len(meant) == 1 else None


def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of ``--subjects``, which must have a group."""
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise LabelError(f"--subjects {pattern!r} is not a regular expression: {error}") from None
    if expression.groups == 0:
        raise LabelError(f"--subjects {pattern!r} needs a group, for example '^([^_]+)_'")
    return expression


def _known(path: Path, folder: Path, expression: re.Pattern[str]) -> tuple[str, int] | str:
    """Subject and class of a picture, or why it is left out."""
    match = expression.search(path.name)
    groups = match.groupdict() if match else {}
    subject = groups.get("subject") or (match.group(1) if match else None)
    if not subject:
        return "no person in the file name"
    if "emotion" in expression.groupindex:
        names = [groups.get("emotion") or ""]
    else:
        names = [parent.name for parent in path.relative_to(folder).parents if parent.name]
    classes = [c for name in names if (c := emotion_named(name)) is not None]
    if not classes:
        return "no known expression"
    if classes[0] >= len(FER2013):
        return f"{FERPLUS[classes[0]]} is not shown by the application"
    return subject, classes[0]


class _Tiler:
    """Converts pictures to tiles; opens the face detector when it is first needed."""

    def __init__(self, faces: FacesMode, notes: Counter[str]) -> None:
        self._faces = faces
        self._notes = notes
        self._detector: FaceDetector | None = None

    def __enter__(self) -> Callable[[Path], npt.NDArray[np.uint8] | None]:
        return self._tile

    def __exit__(self, *_: object) -> None:
        if self._detector is not None:
            self._detector.close()

    def _tile(self, path: Path) -> npt.NDArray[np.uint8] | None:
        raw = np.fromfile(path, np.uint8)
        image = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
        if image is None:
            return None
        small = min(image.shape[:2]) <= _TILE_LIKE
        if self._faces != "whole" and not (small and self._faces == "auto"):
            for view in _views(np.asarray(image, np.uint8)):
                tile = self._found(view)
                if tile is not None:
                    return tile
            if self._faces == "find":
                return None
            self._notes["taken whole: no face found"] += 1
        gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        method = cv2.INTER_AREA if max(gray.shape) > TILE else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(gray, (TILE, TILE), interpolation=method), np.uint8)

    def _found(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
        self._detector = self._detector or FaceDetector()
        faces = self._detector.detect(image)
        if not faces:
            return None
        largest = max(faces, key=lambda face: face.box.area)
        crops = crop_faces(image, [(largest.box, largest.keypoints)], TILE)
        return np.asarray(crops[0, 0], np.uint8)


def _views(image: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    """The picture, then the picture with its edge pixels repeated around it."""
    yield image
    edge = max(image.shape[:2]) // 2
    framed = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    yield np.asarray(framed, np.uint8)
