"""The crop's constants are what the training tiles themselves say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from overlay.perception.crop import OFFSET, SIDE
from training.data import read_sheet
from training.errors import TrainingError
from training.fit_crop import balanced, fit, main


def test_the_shipped_constants_fit_the_tiles(fer2013: Path) -> None:
    tiles = read_sheet(fer2013 / "public_test.png", fer2013 / "public_test.csv")
    result = fit(tiles.images[balanced(tiles.labels, 350, seed=3)])
    assert result.detected > 0.75 * result.tiles
    assert result.side == pytest.approx(SIDE, abs=0.04)
    assert result.offset == pytest.approx(OFFSET, abs=0.02)
    assert result.overlap > 0.75
    right_eye, left_eye, nose, mouth = result.points[:4]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[1]


def test_tiles_without_faces_are_refused() -> None:
    with pytest.raises(TrainingError, match="no face"):
        fit(np.zeros((3, 48, 48), np.uint8))


def test_balanced_takes_equally_many_of_each_class() -> None:
    labels = np.array([0] * 50 + [1] * 50 + [2] * 3)
    chosen = labels[balanced(labels, 30, seed=0)]
    assert np.bincount(chosen).tolist() == [10, 10, 3]


def test_a_missing_sheet_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--sheet", str(tmp_path / "no.png"), "--labels", str(tmp_path / "no.csv")])
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
