from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.evaluate import open_model
from training.quantize import FIGURES, main, verdict


def test_int8_is_smaller_and_keeps_the_contract(
    tiny_models: Path, sheets: Path, tmp_path: Path
) -> None:
    figures, small = tmp_path / "q.json", tmp_path / "int8.onnx"
    main(model=tiny_models / "emotion.onnx", json_path=figures, keep=small, data=sheets)
    open_model(small)
    result = json.loads(figures.read_text())
    for kind in ("fp32", "int8"):
        assert set(FIGURES) <= result[kind].keys()
        assert result[kind]["ms"] > 0
    assert result["ship"] in ("fp32", "int8")


@pytest.mark.parametrize(
    ("ms", "lost", "ship"),
    [(0.5, 0.2, "int8"), (0.5, 0.4, "fp32"), (0.9, 0.0, "fp32"), (0.5, -1.0, "int8")],
)
def test_int8_must_be_faster_and_as_good(ms: float, lost: float, ship: str) -> None:
    fp32 = {"ms": 1.0, **dict.fromkeys(FIGURES, 80.0)}
    int8 = {"ms": ms, **dict.fromkeys(FIGURES, 80.0), "six": 80.0 - lost}
    if lost < 0:
        int8 = {"ms": ms, **dict.fromkeys(FIGURES, 81.0)}
    assert verdict(fp32, int8)["ship"] == ship
