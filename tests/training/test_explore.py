from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import make_tiles
from training.data import Tiles
from training.explore import agreement, find_duplicates, main, stretch


def test_the_page_is_self_contained(sheets: Path, tmp_path: Path) -> None:
    page = tmp_path / "data.html"
    main(out=page, data=sheets)
    text = page.read_text()
    assert text.count("data:image/png;base64,") == 6
    assert "http" not in text
    assert "70 training images and 42 of PublicTest" in text


def test_duplicates_and_their_conflicts_are_found() -> None:
    tiles = make_tiles(14)
    images = np.concatenate([tiles.images, tiles.images[[2, 2, 5]]])
    labels = np.concatenate([tiles.labels, tiles.labels[[2, 2, 6]]])
    found = find_duplicates(Tiles(images, labels))
    assert sorted(group.tolist() for group in found.groups) == [[2, 14, 15], [5, 16]]
    assert [group.tolist() for group in found.conflicting] == [[5, 16]]


def test_agreement_counts_only_faces_with_a_majority() -> None:
    tiles = make_tiles(14)
    assert tiles.votes is not None
    assert agreement(tiles) == 1
    tiles.votes[0] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    assert agreement(tiles) == 1
    tiles.votes[1] = np.roll(tiles.votes[1], 1)
    assert agreement(tiles) == pytest.approx(12 / 13)


def test_a_flat_face_can_be_stretched() -> None:
    assert np.isfinite(stretch(np.full((4, 4), 7.0))).all()
