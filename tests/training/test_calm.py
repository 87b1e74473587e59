"""Gathering calm faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.sources.demo import PORTRAIT
from tests.training.conftest import make_tiles
from training.calm import GROUPS, calm_faces, read_portraits
from training.data import NEUTRAL
from training.errors import LabelError
from training.export import half_of
from training.shown import agreed_labels


@pytest.fixture
def portraits(tmp_path: Path) -> Path:
    """A folder like the London set: one person calm and smiling, another without a face."""
    picture = cv2.imread(str(PORTRAIT))
    assert picture is not None
    for name in ("1_calm.jpg", "1_smile.jpg"):
        cv2.imwrite(str(tmp_path / name), picture)
    cv2.imwrite(str(tmp_path / "2_calm.jpg"), np.full((200, 200, 3), 128, np.uint8))
    (tmp_path / "labels.csv").write_text(
        "file,expression,person\n1_calm.jpg,neutral,1\n1_smile.jpg,happy,1\n2_calm.jpg,neutral,2\n"
    )
    return tmp_path


def test_people_tiles_and_blurred_people_count_the_same(portraits: Path) -> None:
    tiles = make_tiles(70)
    calm = calm_faces(tiles, read_portraits(portraits))
    assert set(calm.groups) == {"tiles", "people", "blurred"}
    assert (calm.groups == "tiles").sum() == (agreed_labels(tiles) == NEUTRAL).sum()
    assert (calm.groups == "people").sum() == 1  # the smile is not calm, the wall no face
    assert set(calm.subjects[calm.groups != "tiles"]) == {"1"}
    weights = [calm.weights[calm.groups == group].sum() for group in GROUPS]
    assert weights == pytest.approx([1, 1, 1])


def test_without_people_the_tiles_stand_for_them() -> None:
    tiles = make_tiles(70)
    calm = calm_faces(tiles)
    assert set(calm.groups) == {"people"}
    assert len(calm) == (agreed_labels(tiles) == NEUTRAL).sum()


def test_nobody_is_in_both_halves(portraits: Path) -> None:
    calm = calm_faces(make_tiles(70), read_portraits(portraits))
    half = half_of(calm, np.arange((calm.groups == "tiles").sum()) % 2)
    for subject in set(calm.subjects[calm.groups != "tiles"]):
        assert len(set(half[calm.subjects == subject])) == 1
    assert set(half[calm.groups == "tiles"]) == {0, 1}


def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"labels\.csv"):
        read_portraits(tmp_path)
    (tmp_path / "labels.csv").write_text("name\nx\n")
    with pytest.raises(LabelError, match="needs file, expression, person"):
        read_portraits(tmp_path)


def test_without_a_calm_face_there_is_nothing_to_fit_on() -> None:
    tiles = make_tiles(70)
    with pytest.raises(LabelError, match="calm by both"):
        calm_faces(tiles.take(np.flatnonzero(tiles.labels != NEUTRAL)))
