"""Read labelled face tiles: sprite sheets with a csv, or folders named after classes.

The sheets hold FER2013 (Goodfellow et al., 2013) with the ten-annotator votes of FER+
(Barsoum et al., ICMI 2016). Only NumPy and OpenCV are needed here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.errors import LabelError, SheetError

TILE = 48
FER2013 = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
FERPLUS = (*FER2013, "contempt")
NEUTRAL = FER2013.index("neutral")

# Columns of the csv in the order of FERPLUS, then the two votes that are not emotions.
VOTE_COLUMNS = (
    "votes_anger",
    "votes_disgust",
    "votes_fear",
    "votes_happiness",
    "votes_sadness",
    "votes_surprise",
    "votes_neutral",
    "votes_contempt",
    "votes_unknown",
    "votes_nf",
)
ALIASES = {
    "anger": "angry",
    "disgusted": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}
IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Tiles:
    """Gray face tiles with their labels.

    Attributes:
        images: uint8 [N, 48, 48].
        labels: int64 [N], index into `FERPLUS`; the sheets only use the seven of `FER2013`.
        votes: int64 [N, 10] in the order of `VOTE_COLUMNS`, or None if there are no votes.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    votes: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.images)

    def take(self, index: npt.NDArray[np.int64]) -> Tiles:
        """The tiles at `index`, in that order."""
        votes = None if self.votes is None else self.votes[index]
        return Tiles(self.images[index], self.labels[index], votes)


def read_sheet(sheet: Path, labels: Path) -> Tiles:
    """Read a sprite sheet of 48x48 tiles and the csv with one row per tile.

    Raises:
        SheetError: the sheet is unreadable, or holds more or fewer tiles than the csv has rows.
        LabelError: the csv is unreadable, or holds an unknown label or a malformed vote.
    """
    classes, votes = _read_labels(labels)
    images = _read_tiles(sheet)
    rows = len(classes)
    if rows > len(images) or (rows and not images[rows - 1].any()):
        used = int(np.flatnonzero(images.any(axis=(1, 2)))[-1]) + 1 if images.any() else 0
        raise SheetError(
            f"{labels}: {rows} rows but {sheet.name} holds {used} tiles; remove the extra rows"
        )
    if images[rows:].any():
        raise SheetError(f"{labels}: {rows} rows but {sheet.name} has more tiles; rows are missing")
    return Tiles(images[:rows], classes, votes)


def _read_image(path: Path) -> npt.NDArray[np.uint8]:
    if not path.is_file():
        raise SheetError(f"{path}: no such image file")
    raw = np.fromfile(path, np.uint8)
    image = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE) if raw.size else None
    if image is None:
        raise SheetError(f"{path}: not a readable image; the file is damaged or of another kind")
    return np.asarray(image, np.uint8)


def _read_tiles(path: Path) -> npt.NDArray[np.uint8]:
    if path.suffix.lower() == ".png" and path.is_file():
        tail = path.read_bytes()[-12:]
        if tail[4:8] != b"IEND":
            raise SheetError(f"{path}: the PNG is cut off or damaged; copy it again")
    image = _read_image(path)
    height, width = image.shape
    if height % TILE or width % TILE:
        raise SheetError(f"{path}: {width}x{height} pixels is not a sheet of {TILE}x{TILE} tiles")
    grid = image.reshape(height // TILE, TILE, width // TILE, TILE)
    return np.ascontiguousarray(grid.transpose(0, 2, 1, 3)).reshape(-1, TILE, TILE)


def _read_labels(path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if not path.is_file():
        raise LabelError(f"{path}: no such label file")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise LabelError(f"{path}: not a readable csv ({error})") from None
    missing = {"fer2013_label", *VOTE_COLUMNS} - set(reader.fieldnames or ())
    if missing:
        raise LabelError(f"{path}: column {sorted(missing)[0]} is missing")
    if not rows:
        raise LabelError(f"{path}: no rows")
    classes = np.zeros(len(rows), np.int64)
    votes = np.zeros((len(rows), len(VOTE_COLUMNS)), np.int64)
    for number, row in enumerate(rows):
        if row["fer2013_label"] not in FER2013:
            raise LabelError(
                f"{path}: line {number + 2}: unknown label {row['fer2013_label']!r}; "
                f"known are {', '.join(FER2013)}"
            )
        classes[number] = FER2013.index(row["fer2013_label"])
        try:
            votes[number] = [int(row[column]) for column in VOTE_COLUMNS]
        except (TypeError, ValueError):
            raise LabelError(f"{path}: line {number + 2}: votes must be whole numbers") from None
        if (votes[number] < 0).any():
            raise LabelError(f"{path}: line {number + 2}: votes must not be negative")
    return classes, votes


def read_folder(folder: Path) -> Tiles:
    """Read a folder with one subfolder of images per class; each image becomes a 48x48 tile.

    Subfolders are named as in `FERPLUS`, or with a common variant such as ``happiness``.
    """
    if not folder.is_dir():
        raise LabelError(f"{folder}: no such folder")
    images, labels = [], []
    for sub in sorted(path for path in folder.iterdir() if path.is_dir()):
        name = sub.name.lower()
        name = ALIASES.get(name, name)
        if name not in FERPLUS:
            raise LabelError(f"{sub}: unknown class; known are {', '.join(FERPLUS)}")
        for path in sorted(sub.iterdir()):
            if path.suffix.lower() in IMAGE_SUFFIXES:
                images.append(_to_tile(_read_image(path)))
                labels.append(FERPLUS.index(name))
    if not images:
        raise LabelError(f"{folder}: no images in class-named subfolders")
    return Tiles(np.stack(images), np.array(labels, np.int64))


def _to_tile(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    method = cv2.INTER_AREA if max(gray.shape) > TILE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(gray, (TILE, TILE), interpolation=method), np.uint8)


def fer2013_targets(tiles: Tiles) -> npt.NDArray[np.float32]:
    """Label distributions [N, 7]; exact duplicates share the mean of their (often clashing) labels.

    About 0.4 % of FER2013 are exact duplicates with different labels. For those the honest target
    is the mixture, not the label of whichever copy is in the batch.
    """
    one_hot = np.eye(len(FER2013), dtype=np.float32)[tiles.labels]
    _, group = np.unique(tiles.images.reshape(len(tiles), -1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    sums = np.zeros((int(group.max()) + 1, len(FER2013)), np.float32)
    np.add.at(sums, group, one_hot)
    sums /= sums.sum(axis=1, keepdims=True)
    return np.asarray(sums[group], np.float32)


def ferplus_targets(
    votes: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Vote distributions [N, 8] over the emotions, and a weight [N] for how reliable they are.

    As in FER+, a single vote counts as an outlier and is dropped, unless nothing would remain.
    The weight is the share of all votes that went to an emotion at all.
    """
    emotions = votes[:, : len(FERPLUS)].astype(np.float32)
    kept = np.where(emotions > 1, emotions, 0)
    kept = np.where(kept.sum(axis=1, keepdims=True) > 0, kept, emotions)
    total = kept.sum(axis=1, keepdims=True)
    target = np.where(total > 0, kept / np.maximum(total, 1), 1 / len(FERPLUS))
    weight = emotions.sum(axis=1) / np.maximum(votes.sum(axis=1), 1)
    return target.astype(np.float32), weight.astype(np.float32)
