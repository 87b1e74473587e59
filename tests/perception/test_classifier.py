"""The network is refused unless it is the right file and keeps the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from onnx import TensorProto

from overlay.errors import ModelError
from overlay.host import resources
from overlay.perception.classifier import Classifier, Sensitivity
from overlay.scene import EMOTIONS
from tests.conftest import REPOSITORY
from tests.perception.conftest import BuildModel


def test_a_model_of_the_contract_reads_crops(build_model: BuildModel) -> None:
    classifier = Classifier(build_model())
    crops = np.stack([np.zeros((1, 48, 48), np.uint8), np.full((1, 48, 48), 255, np.uint8)])
    reading = classifier.classify(crops)
    assert [EMOTIONS[i] for i in reading.emotion.argmax(axis=1)] == ["surprise", "happy"]
    assert reading.emotion.shape == reading.fer2013.shape == (2, 7)
    assert reading.ferplus.shape == (2, 8)
    assert reading.embedding.shape == (2, 3)
    assert reading.covered.shape == (2, 1)
    assert reading.quality.shape == (2, 4)
    assert (classifier.size, classifier.unsure_below) == (48, 0.5)


def test_a_model_for_larger_crops_says_so(build_model: BuildModel) -> None:
    classifier = Classifier(build_model(size=64))
    assert classifier.size == 64
    assert classifier.classify(np.zeros((3, 1, 64, 64), np.uint8)).emotion.shape == (3, 7)


def test_sensitivities_move_neutral_alone(build_model: BuildModel) -> None:
    path = build_model(description={"sensitivities": {"calm": 1.0, "balanced": 0, "sensitive": -1}})
    crops = np.full((1, 1, 48, 48), 60, np.uint8)
    read = {
        name: Classifier(path, name).classify(crops).emotion[0] for name in get_args(Sensitivity)
    }
    neutral = EMOTIONS.index("neutral")
    assert read["calm"][neutral] > read["balanced"][neutral] > read["sensitive"][neutral]
    for probabilities in read.values():
        assert probabilities.sum() == pytest.approx(1, abs=1e-5)
        others, usual = np.delete(probabilities, neutral), np.delete(read["balanced"], neutral)
        np.testing.assert_allclose(others / others.sum(), usual / usual.sum(), rtol=1e-4)


def test_a_sensitivity_that_the_model_does_not_know_is_refused(build_model: BuildModel) -> None:
    with pytest.raises(ModelError, match="no number for `calm` in `sensitivities`"):
        Classifier(build_model(), "calm")


def test_onnx_runtime_keeps_no_record_of_its_use(build_model: BuildModel, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    script = (
        "import pathlib, sys\n"
        "from overlay.perception.classifier import Classifier\n"
        "Classifier(pathlib.Path(sys.argv[1]))\n"
    )
    # ONNX Runtime is silent by itself where these say that it runs in a test.
    silent = ("CI", "ORT_", "GITHUB_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(silent)}
    subprocess.run(
        [sys.executable, "-c", script, str(build_model())],
        cwd=REPOSITORY,
        env=kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dtype": TensorProto.FLOAT}, "one input, `faces`, of uint8"),
        ({"channels": 3}, r"must take crops \[N, 1, size, size\]"),
        ({"widths": {"emotion": 8}}, r"`emotion`, float32 \[N, 7\]"),
        ({"widths": {"ferplus": 7}}, r"`ferplus`, float32 \[N, 8\]"),
        ({"without": "embedding"}, r"`embedding`, float32 \[N, D\]"),
        ({"without": "fer2013"}, "`fer2013`"),
        ({"without": "covered"}, "`covered`"),
        ({"widths": {"quality": 3}}, r"`quality`, float32 \[N, 4\]"),
        ({"description": {"resting": [0.0]}}, "7 numbers in `resting`"),
        ({"description": {"unsure": None}}, "no `unsure` between 0 and 1"),
        ({"description": {"unsure": 1.5}}, "no `unsure` between 0 and 1"),
        ({"description": {"sha256": "00"}}, "damaged or was altered"),
    ],
)
def test_a_model_that_breaks_the_contract_is_refused_in_one_line(
    build_model: BuildModel, change: dict[str, object], says: str
) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        Classifier(build_model(**change))
    assert "\n" not in str(caught.value)
    assert "tiny" in str(caught.value)


def test_an_altered_model_is_refused(build_model: BuildModel) -> None:
    path = build_model()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="altered"):
        Classifier(path)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emotion.onnx"
    path.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    path.with_suffix(".json").write_text(json.dumps({"sha256": empty, "unsure": 0.5}))
    with pytest.raises(ModelError, match="not a readable ONNX model"):
        Classifier(path)


@pytest.mark.parametrize("missing", [".onnx", ".json"])
def test_a_missing_file_is_named(build_model: BuildModel, missing: str) -> None:
    path = build_model()
    path.with_suffix(missing).unlink()
    with pytest.raises(ModelError, match=rf"tiny\{missing}"):
        Classifier(path)


def test_the_shipped_model_keeps_the_contract() -> None:
    classifier = Classifier()
    crops = np.random.default_rng(0).integers(0, 256, (3, 1, 48, 48), dtype=np.uint8)
    reading = classifier.classify(crops)
    for head in (reading.emotion, reading.fer2013, reading.ferplus):
        assert head.sum(axis=1) == pytest.approx(1, abs=1e-4)
        assert head.min() >= 0
    assert 0 < classifier.unsure_below < 1


def test_as_the_shipped_model_no_other_is_opened_whatever_its_description_says(
    build_model: BuildModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = build_model()
    assert Classifier(path).size == 48
    other = path.rename(path.with_name("emotion.onnx"))
    path.with_suffix(".json").rename(other.with_suffix(".json"))
    monkeypatch.setattr(resources, "models_dir", lambda: other.parent)
    with pytest.raises(ModelError, match="was altered"):
        Classifier()
    assert Classifier(other).size == 48  # which the user names


@pytest.mark.parametrize(
    "description",
    [
        {"resting": [1, 2, 3, 4, 5, 6, [7]]},
        {"resting": [0.0] * 6},
        {"resting": [float("nan")] * 7},
        {"sensitivities": {"balanced": 1e300}},
        {"sensitivities": {"balanced": float("nan")}},
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(
    build_model: BuildModel, description: dict[str, object]
) -> None:
    with pytest.raises(ModelError, match="number"):
        Classifier(build_model(description=description))
