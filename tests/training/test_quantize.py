from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.quantize import FIGURES, main, verdict


def test_int8_and_fp32_are_measured_with_one_view_and_with_two(
    tiny_run: Path, sheets: Path, tmp_path: Path
) -> None:
    figures = tmp_path / "q.json"
    main(run=tiny_run, json_path=figures, data=sheets)
    result = json.loads(figures.read_text())
    for views in ("1", "2"):
        for kind in ("fp32", "int8"):
            assert set(FIGURES) <= result[views][kind].keys()
            assert result[views][kind]["ms"] > 0
        assert result[views]["ship"] in ("fp32", "int8")


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
