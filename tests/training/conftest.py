"""Synthetic sheets, a small trained run and its exported model."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.data import FER2013, TILE, VOTE_COLUMNS, Tiles


def make_tiles(count: int, seed: int = 0) -> Tiles:
    """Noisy tiles with one bright bar a class, whose place tells the class; votes agree."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int64) % len(FER2013)
    images = rng.integers(40, 120, (count, TILE, TILE), dtype=np.uint8)
    votes = np.zeros((count, len(VOTE_COLUMNS)), np.int64)
    for image, label, vote in zip(images, labels, votes, strict=True):
        image[6 * label : 6 * label + 6] += 120
        vote[label] = 8
        vote[(label + 1) % len(FER2013)] = 2
    return Tiles(images, labels, votes)


def write_sheet(folder: Path, name: str, tiles: Tiles, columns: int = 5) -> tuple[Path, Path]:
    """Write tiles as a sheet and a csv in the format of the real data."""
    rows = -(-len(tiles) // columns)
    grid = np.zeros((rows * columns, TILE, TILE), np.uint8)
    grid[: len(tiles)] = tiles.images
    sheet = grid.reshape(rows, columns, TILE, TILE).transpose(0, 2, 1, 3)
    picture = folder / f"{name}.png"
    cv2.imwrite(str(picture), sheet.reshape(rows * TILE, columns * TILE))
    labels = folder / f"{name}.csv"
    assert tiles.votes is not None
    with labels.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["fer_index", "fer2013_label", *VOTE_COLUMNS])
        for index, (label, votes) in enumerate(zip(tiles.labels, tiles.votes, strict=True)):
            writer.writerow([index, FER2013[label], *votes])
    return picture, labels


TINY = """
seed = 3
epochs = 3
batch = 16
threads = 1
ema_decay = 0.5
kernel_lr = 0.1
[architecture]
stem = 4
widths = [8, 8, 8]
depths = [1, 2, 1]
[augmentation]
mixup = 0.3
cutmix = 0.3
"""


@pytest.fixture(scope="session")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with small synthetic train and PublicTest sheets."""
    folder = tmp_path_factory.mktemp("data")
    write_sheet(folder, "train", make_tiles(70))
    write_sheet(folder, "public_test", make_tiles(42, seed=1))
    return folder


@pytest.fixture(scope="session")
def tiny_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration that trains in a second."""
    path = tmp_path_factory.mktemp("config") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_run(sheets: Path, tiny_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished tiny run."""
    from training.train import main

    out = tmp_path_factory.mktemp("run") / "tiny"
    main(config=tiny_config, out=out, data=sheets)
    return out


@pytest.fixture(scope="session")
def tiny_models(sheets: Path, tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the model exported from the tiny run."""
    from training.export import main

    out = tmp_path_factory.mktemp("models")
    main(run=tiny_run, out=out, data=sheets)
    return out
