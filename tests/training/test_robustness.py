from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.degrade import DEGRADATIONS
from training.robustness import main, named

Capture = pytest.CaptureFixture[str]


def test_every_model_is_measured_on_the_same_degraded_faces(
    tiny_models: Path, sheets: Path, tmp_path: Path, capsys: Capture
) -> None:
    model, out = tiny_models / "emotion.onnx", tmp_path / "curves.json"
    main(model=[f"a={model}", f"b={model}"], json_path=out, tiles=30, data=sheets)
    result = json.loads(out.read_text())
    assert result["tiles"] == 30
    assert set(result["curves"]) == set(DEGRADATIONS)
    starts = set()
    for kind in result["curves"].values():
        assert kind["models"]["a"] == kind["models"]["b"]
        assert len(kind["models"]["a"]["emotion"]) == len(kind["severities"])
        starts.add(kind["models"]["a"]["fer2013"][0])
    assert len(starts) == 1  # untouched faces score the same in every curve
    assert "box jitter" in capsys.readouterr().out


def test_models_can_be_named() -> None:
    found = named(["ours=models/emotion.onnx", "runs/mini/model.onnx"])
    assert found == {"ours": Path("models/emotion.onnx"), "mini": Path("runs/mini/model.onnx")}


@pytest.mark.parametrize("models", [["a=x.onnx", "a=y.onnx"], ["none.onnx"]])
def test_bad_models_are_one_line(models: list[str], sheets: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(model=models, data=sheets)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
