"""Going on from an exported model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from training.config import read_config
from training.data import read_sheet
from training.decision import Rule, softmax
from training.errors import CheckpointError
from training.graph import build
from training.networks import Architecture, make_network
from training.restore import restore
from training.run import load_net, predict


def test_a_restored_network_says_what_the_model_says(
    tiny_models: Path, tiny_run: Path, tiny_config: Path, sheets: Path, tmp_path: Path
) -> None:
    """As a model in fp32 does; one in int8, with kernels of seven bits, nearly so."""
    images = read_sheet(sheets / "public_test.png", sheets / "public_test.csv").images
    net = make_network(read_config(tiny_config).architecture)
    original = load_net(tiny_run)[0]
    plain = tmp_path / "plain.onnx"
    plain.write_bytes(build(original, Rule()).SerializeToString())
    plain.with_suffix(".json").write_text('{"decision_rule": {}}')
    for model, tolerance in ((plain, 2e-3), (tiny_models / "emotion.onnx", 0.05)):
        restore(model, net, images)
        found, wanted = (softmax(predict(each.eval(), images)[1]) for each in (net, original))
        np.testing.assert_allclose(found, wanted, atol=tolerance)


def test_a_restored_network_can_be_trained_on(
    tiny_models: Path, tiny_config: Path, sheets: Path
) -> None:
    """In training mode normalisation uses the batch, which must change little."""
    images = read_sheet(sheets / "public_test.png", sheets / "public_test.csv").images
    net = make_network(read_config(tiny_config).architecture)
    restore(tiny_models / "emotion.onnx", net, images)
    faces = torch.from_numpy(images[:, None]).float() / 255
    calm, training = net.eval().embed(faces), net.train().embed(faces)
    assert (calm - training).abs().max() < 0.05 * calm.abs().max()
    for unit in net.units:
        norm = unit.kernel.norm() / len(unit.kernel) ** 0.5
        assert float(norm.detach()) == pytest.approx(1, abs=0.15)


def test_a_model_of_another_architecture_is_refused(tiny_models: Path) -> None:
    images = np.zeros((2, 48, 48), np.uint8)
    with pytest.raises(CheckpointError, match="another architecture"):
        restore(tiny_models / "emotion.onnx", make_network(Architecture()), images)
    with pytest.raises(CheckpointError, match="only `plain`"):
        restore(tiny_models / "emotion.onnx", make_network(Architecture(name="resnet")), images)
