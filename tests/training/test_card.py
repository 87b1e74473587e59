from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.training.conftest import TINY, make_tiles
from training.card import main
from training.compare import main as compare
from training.quantize import main as quantize
from training.robustness import main as robustness
from training.slices import slices

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def models(
    tiny_models: Path, tiny_run: Path, sheets: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A models folder with everything that a card is made of."""
    folder = tmp_path_factory.mktemp("card") / "models"
    shutil.copytree(tiny_models, folder)
    model, card = folder / "emotion.onnx", folder / "card"
    card.mkdir()
    config = folder.parent / f"{tiny_run.name}.toml"
    config.write_text(TINY)
    compare(config=[config], runs=tiny_run.parent, json_path=card / "compare.json", data=sheets)
    robustness(model=[f"ours={model}"], json_path=card / "robustness.json", tiles=20, data=sheets)
    quantize(run=tiny_run, json_path=card / "quantize.json", data=sheets)
    return folder


def test_the_card_shows_every_picture_and_figure(models: Path, sheets: Path) -> None:
    main(models=models, data=sheets)
    text = (models / "MODEL_CARD.md").read_text()
    pictures = [part.split(")")[0] for part in text.split("](card/")[1:]]
    assert len(pictures) == 5
    for name in pictures:
        path = models / "card" / name
        assert path.stat().st_size < 150_000
        assert cv2.imread(str(path)) is not None
    share = json.loads((models / "emotion.json").read_text())["metrics"]["public_test"]
    assert f"**{100 * share['fer2013']['accuracy']:.2f}**" in text
    assert "not a demographic audit" in text
    assert not re.search(r"\bnan\b", text)


def test_without_other_measurements_the_card_leaves_them_out(
    tiny_models: Path, sheets: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_models, tmp_path / "models")
    main(models=tmp_path / "models", data=sheets)
    text = (tmp_path / "models" / "MODEL_CARD.md").read_text()
    assert "## int8" not in text
    assert "robustness.png" not in text


@pytest.mark.parametrize("trouble", ["no model", "damaged"])
def test_bad_input_is_one_line(
    trouble: str, tiny_models: Path, sheets: Path, tmp_path: Path, capsys: Capture
) -> None:
    models = tmp_path / "models"
    if trouble == "damaged":
        shutil.copytree(tiny_models, models)
        (models / "card").mkdir()
        (models / "card" / "compare.json").write_text("{")
    with pytest.raises(SystemExit) as stop:
        main(models=models, data=sheets)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (models / "MODEL_CARD.md").exists()


def test_slices_are_quarters_in_order() -> None:
    tiles = make_tiles(80)
    probabilities = np.eye(7)[tiles.labels]
    found = slices(probabilities, tiles)
    assert len(found) == 12
    for part in found:
        assert part.faces == 20
        assert part.accuracy == 1
        assert part.interval[0] < 1
    brightness = [part for part in found if part.property == "brightness"]
    assert all(a.high <= b.low for a, b in pairwise(brightness))
