"""Fit the second check of faces: ``python -m training.face_check --backgrounds FOLDER``.

Faces are FER2013's training tiles, large and small, with their own edges replicated around them, as
the detector finds them. Non-faces are everything that `overlay.perception.picture_search` finds in
pictures without faces, in colour and in gray. The threshold is chosen by cross-validation: each
half of the pictures is judged by what was fitted on the other half. Writes
``models/face_check.json`` and its checksum. It does not depend on the expression network.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import torch
import typer

from overlay.host.atomic_file import atomic_write
from overlay.perception.detector import FaceDetector
from overlay.perception.face_check import FEATURES, Features, face_check_path, look_closer
from overlay.perception.picture_search import DOUBTFUL, candidates
from overlay.scene import Image
from training.data import TILE, read_sheet
from training.detection import as_gray, read_pictures
from training.errors import LabelError, one_line_errors
from training.shipped import write_sums

# Each tile once at its size and once smaller, down to this, in pixels.
_SMALLEST = 18
# More votes for "not a face" than this, of ten, and a tile counts as neither.
_MOST_NF_VOTES = 0
# Pictures are made smaller until their longer side is this, in pixels.
_LONGEST = 1600
# The share of pictures without faces that may have one, seen upright; turned ones come on top.
_FALSE = 0.003
_L2 = 3e-4


@dataclass(frozen=True)
class Examples:
    """Features [N, 902], of which picture each is [N], and how many pictures there were."""

    features: Features
    pictures: npt.NDArray[np.int64]
    count: int


@dataclass(frozen=True)
class Weights:
    """A fitted logistic regression."""

    weights: npt.NDArray[np.float64]
    bias: float

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """Log odds [N]."""
        return np.asarray(features @ self.weights + self.bias, np.float64)


def faces_of(
    detector: FaceDetector, tiles: npt.NDArray[np.uint8], random: np.random.Generator
) -> Examples:
    """Features of face tiles [N, 48, 48]."""
    found, rows = [], []
    for row, tile in enumerate(tiles):
        for side in (TILE, int(random.integers(_SMALLEST, TILE))):
            small = cv2.resize(tile, (side, side), interpolation=cv2.INTER_AREA)
            edge, reach = cv2.BORDER_REPLICATE, side * 3 // 2
            around = cv2.copyMakeBorder(small, reach, reach, reach, reach, edge)
            image = np.asarray(cv2.cvtColor(around, cv2.COLOR_GRAY2BGR), np.uint8)
            for face in detector.detect(image)[:1]:
                checked = look_closer(detector, image, face)
                if checked is not None:
                    found.append(checked.features)
                    rows.append(row)
    return Examples(_stack(found), np.array(rows, np.int64), len(tiles))


def others_of(detector: FaceDetector, pictures: Sequence[Image]) -> Examples:
    """Features of what is found in pictures without faces, each in colour and in gray."""
    found, rows = [], []
    for row, picture in enumerate(pictures):
        for image in (picture, as_gray(picture)):
            for face in candidates(detector, image):
                checked = look_closer(detector, image, face)
                if checked is not None:
                    found.append(checked.features)
                    rows.append(row)
    return Examples(_stack(found), np.array(rows, np.int64), 2 * len(pictures))


def fit(faces: Features, others: Features) -> Weights:
    """Logistic regression in which faces and others count the same in all."""
    rows = torch.tensor(np.concatenate([faces, others]))
    truth = torch.cat([torch.ones(len(faces)), torch.zeros(len(others))])
    weight = torch.cat(
        [torch.full((len(each),), len(rows) / 2 / len(each)) for each in (faces, others)]
    )
    middle = rows.mean(dim=0)
    layer = torch.nn.Linear(FEATURES, 1)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=200)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            layer(rows - middle)[:, 0], truth, weight=weight
        )
        loss = loss + _L2 * (layer.weight**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    weights = layer.weight[0].detach().double().numpy()
    return Weights(weights, float(layer.bias.detach()) - float(weights @ middle.double().numpy()))


def threshold(scores: npt.NDArray[np.float64], others: Examples, share: float) -> float:
    """The least score that at most a share of the pictures has."""
    best = np.full(others.count // 2, -np.inf)
    np.maximum.at(best, others.pictures, scores)
    allowed = int(share * len(best))
    return float(np.sort(best)[::-1][allowed]) + 1e-3


def cross_validated(faces: Examples, others: Examples) -> tuple[float, float]:
    """The threshold for `_FALSE`, and the share of faces above it."""
    odd = np.array([zlib.crc32(str(row).encode()) % 2 for row in range(others.count // 2)])
    scores, kept = np.zeros(len(others.features)), np.zeros(len(faces.features))
    for half in (0, 1):
        left_out, own = odd[others.pictures] == half, faces.pictures % 2 == half
        fitted = fit(faces.features[~own], others.features[~left_out])
        scores[left_out] = fitted.scores(others.features[left_out])
        kept[own] = fitted.scores(faces.features[own])
    limit = threshold(scores, others, _FALSE)
    return limit, float(np.mean(kept > limit))


def _stack(found: Sequence[Features]) -> Features:
    if not found:
        raise LabelError("the detector finds nothing here to learn from")
    return np.stack(found)


def _smaller(image: Image) -> Image:
    scale = _LONGEST / max(image.shape[:2])
    if scale >= 1:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _write(fitted: Weights, about: dict[str, object]) -> Iterator[Path]:
    path = face_check_path()
    content = {
        **about,
        "bias": round(fitted.bias, 5),
        "weights": [round(float(each), 5) for each in fitted.weights],
    }
    with atomic_write(path) as file:
        file.write(json.dumps(content, indent=None).encode() + b"\n")
    yield path
    yield write_sums()


@one_line_errors
def main(
    backgrounds: Annotated[Path, typer.Option(help="Folder of pictures without faces.")],
    data: Annotated[Path, typer.Option(help="Folder of the FER2013 sheets.")] = Path(
        "../shared/data/fer2013"
    ),
    tiles: Annotated[int, typer.Option(help="How many tiles to fit on.")] = 3000,
) -> None:
    """Fit, and write models/face_check.json."""
    random = np.random.default_rng(0)
    sheet = read_sheet(data / "train.png", data / "train.csv")
    assert sheet.votes is not None
    certain = sheet.images[sheet.votes[:, -1] <= _MOST_NF_VOTES]
    chosen = certain[random.permutation(len(certain))[:tiles]]
    detector = FaceDetector(threshold=DOUBTFUL)
    try:
        faces = faces_of(detector, chosen, random)
        others = others_of(detector, [_smaller(each) for _, each in read_pictures(backgrounds)])
    finally:
        detector.close()
    limit, kept = cross_validated(faces, others)
    fitted = fit(faces.features, others.features)
    final = Weights(fitted.weights, fitted.bias - limit)
    about: dict[str, object] = {
        "pictures_without_faces": others.count // 2,
        "tiles": len(chosen),
        "cross_validated": {"false_share_of_pictures": _FALSE, "tiles_kept": round(kept, 4)},
    }
    for path in _write(final, about):
        print(f"{path} is written")
    print(f"{len(faces.features)} faces, {kept:.1%} kept; {len(others.features)} mistakes")


if __name__ == "__main__":
    typer.run(main)
