from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.training.conftest import make_tiles, write_sheet
from training.data import (
    FER2013,
    FERPLUS,
    TILE,
    Tiles,
    fer2013_targets,
    ferplus_targets,
    read_folder,
    read_sheet,
)
from training.errors import LabelError, SheetError


def test_sheet_comes_back_as_written(tmp_path: Path) -> None:
    tiles = make_tiles(13)
    read = read_sheet(*write_sheet(tmp_path, "s", tiles))
    np.testing.assert_array_equal(read.images, tiles.images)
    np.testing.assert_array_equal(read.labels, tiles.labels)
    np.testing.assert_array_equal(read.votes, tiles.votes)


def test_real_sheet_has_the_documented_contents(fer2013: Path) -> None:
    tiles = read_sheet(fer2013 / "public_test.png", fer2013 / "public_test.csv")
    assert tiles.images.shape == (3579, TILE, TILE)
    assert np.bincount(tiles.labels)[FER2013.index("happy")] == 890
    assert tiles.votes is not None
    assert tiles.votes.sum(axis=1).max() == 10


@pytest.mark.parametrize("change", ["extra", "missing"])
def test_rows_that_do_not_fit_the_sheet(tmp_path: Path, change: str) -> None:
    sheet, labels = write_sheet(tmp_path, "s", make_tiles(13))
    lines = labels.read_text().splitlines()
    lines = [*lines, lines[-1]] if change == "extra" else lines[:-1]
    labels.write_text("\n".join(lines) + "\n")
    with pytest.raises(SheetError, match=change):
        read_sheet(sheet, labels)


def test_more_rows_than_the_sheet_has_room_for(tmp_path: Path) -> None:
    sheet, _ = write_sheet(tmp_path, "s", make_tiles(5))
    _, labels = write_sheet(tmp_path, "long", make_tiles(30))
    with pytest.raises(SheetError, match=r"30 rows but s\.png holds 5 tiles"):
        read_sheet(sheet, labels)


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "absent", "odd"])
def test_unreadable_sheet(tmp_path: Path, damage: str) -> None:
    sheet, labels = write_sheet(tmp_path, "s", make_tiles(13))
    content = sheet.read_bytes()
    if damage == "empty":
        sheet.write_bytes(b"")
    elif damage == "cut":
        sheet.write_bytes(content[: len(content) // 2])
    elif damage == "text":
        sheet.write_text("not a picture, though long enough to be looked at")
    elif damage == "absent":
        sheet.unlink()
    else:
        cv2.imwrite(str(sheet), np.zeros((50, 48), np.uint8))
    with pytest.raises(SheetError, match=r"s\.png"):
        read_sheet(sheet, labels)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("angry", "furious", "unknown label 'furious'"),
        (",8,", ",many,", "whole numbers"),
        (",8,", ",-8,", "not be negative"),
        ("votes_fear", "fear", "votes_fear is missing"),
    ],
)
def test_malformed_labels(tmp_path: Path, old: str, new: str, message: str) -> None:
    sheet, labels = write_sheet(tmp_path, "s", make_tiles(13))
    labels.write_text(labels.read_text().replace(old, new, 1))
    with pytest.raises(LabelError, match=message):
        read_sheet(sheet, labels)


def test_empty_labels(tmp_path: Path) -> None:
    sheet, labels = write_sheet(tmp_path, "s", make_tiles(13))
    labels.write_text(labels.read_text().splitlines()[0] + "\n")
    with pytest.raises(LabelError, match="no rows"):
        read_sheet(sheet, labels)


def test_folder_of_images_of_any_size_and_colour(tmp_path: Path) -> None:
    for name, shape in {"happiness": (100, 80, 3), "contempt": (20, 20), "Angry": (48, 48)}.items():
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "face.png"), np.full(shape, 90, np.uint8))
    (tmp_path / "happiness" / "notes.txt").write_text("no image")
    tiles = read_folder(tmp_path)
    assert tiles.images.shape == (3, TILE, TILE)
    assert {FERPLUS[label] for label in tiles.labels} == {"happy", "contempt", "angry"}
    assert tiles.votes is None


def test_folder_with_an_unknown_class(tmp_path: Path) -> None:
    (tmp_path / "bored").mkdir()
    with pytest.raises(LabelError, match="bored"):
        read_folder(tmp_path)


def test_folder_with_a_damaged_image(tmp_path: Path) -> None:
    (tmp_path / "sad").mkdir()
    (tmp_path / "sad" / "face.png").write_bytes(b"\x89PNG")
    with pytest.raises(SheetError, match=r"face\.png"):
        read_folder(tmp_path)


def test_folder_without_images(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no images"):
        read_folder(tmp_path)


def test_duplicates_share_their_clashing_labels() -> None:
    image = np.full((TILE, TILE), 7, np.uint8)
    tiles = Tiles(np.stack([image, image + 1, image]), np.array([0, 2, 4], np.int64))
    targets = fer2013_targets(tiles)
    np.testing.assert_allclose(targets[0], targets[2])
    assert targets[0, 0] == targets[0, 4] == 0.5
    assert targets[1, 2] == 1


def test_single_votes_are_outliers_unless_nothing_else_is_there() -> None:
    votes = np.array([[5, 1, 3, 0, 0, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0, 0, 1, 8, 0]], np.int64)
    targets, weight = ferplus_targets(votes)
    np.testing.assert_allclose(targets[0, :3], [0.625, 0, 0.375])
    np.testing.assert_allclose(targets[1, [1, 7]], 0.5)
    np.testing.assert_allclose(weight, [0.9, 0.2])


def test_measuring_needs_no_pytorch() -> None:
    code = (
        "import sys, training.evaluate; sys.exit('torch' in sys.modules or 'onnx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
