from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from training.config import read_config
from training.data import FER2013, FERPLUS, NEUTRAL, read_sheet
from training.decision import QUALITIES, Rule, softmax
from training.errors import ModelError
from training.evaluate import open_model
from training.export import main
from training.graph import build, with_rule
from training.int8 import quantised
from training.networks import Architecture, make_network
from training.run import load_net, predict
from training.shown import agreed_labels

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
CONFIGS = ROOT / "training" / "configs"


def run_model(path: Path, faces: np.ndarray) -> dict[str, np.ndarray]:
    session = open_model(path)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"faces": faces}), strict=True))


@pytest.mark.parametrize("views", [1, 2])
def test_the_graph_says_what_the_network_says(views: int, tiny_run: Path, tmp_path: Path) -> None:
    net, _, _ = load_net(tiny_run)
    net.views = views
    priors = (0.1, 0.02, 0.08, 0.3, 0.1, 0.1, 0.3)
    rule = Rule(1.3, 0.7, 1.7, neutral_bias=0.4, asymmetry=2.0, blur=1.1, priors=priors)
    path = tmp_path / "m.onnx"
    path.write_bytes(build(net, rule).SerializeToString())
    faces = np.random.default_rng(0).integers(0, 256, (9, 48, 48), dtype=np.uint8)
    faces[0] = 255
    fer2013, ferplus, emotion, covered = predict(net, faces)
    with torch.no_grad():
        embedding = net.embed(torch.from_numpy(faces[:, None]).float() / 255).numpy()
    found = run_model(path, faces[:, None])
    close = {"atol": 1e-4, "rtol": 1e-3}
    np.testing.assert_allclose(found["fer2013"], softmax(fer2013 / 1.3), **close)
    np.testing.assert_allclose(found["ferplus"], softmax(ferplus / 0.7), **close)
    np.testing.assert_allclose(found["embedding"], embedding, **close)
    np.testing.assert_allclose(found["covered"], 1 / (1 + np.exp(-covered)), **close)
    shown = softmax(rule.logits(rule.mixed(emotion, ferplus), found["quality"]))
    np.testing.assert_allclose(found["emotion"], shown, **close)


def test_the_graph_measures_quality(tiny_run: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(build(load_net(tiny_run)[0], Rule()).SerializeToString())
    face = np.random.default_rng(0).integers(60, 200, (48, 48), dtype=np.uint8)
    face = np.asarray(cv2.GaussianBlur(face, (0, 0), 1), np.uint8)
    symmetric = ((face.astype(int) + face[:, ::-1]) // 2).astype(np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(face, (0, 0), 3), np.uint8)
    tiles = np.stack([face, symmetric, blurred, face // 2])
    quality = run_model(path, tiles[:, None])["quality"]
    assert QUALITIES == ("luminance", "contrast", "asymmetry", "sharpness")
    luminance, contrast, asymmetry, sharpness = quality.T
    assert luminance[0] == pytest.approx(face.mean() / 255, abs=0.02)
    assert luminance[3] == pytest.approx(luminance[0] / 2, abs=0.01)
    assert contrast[3] == pytest.approx(contrast[0] / 2, rel=0.1)
    assert asymmetry[1] < 0.1 < asymmetry[0]
    assert sharpness[2] < 0.5 * sharpness[0]
    # Both are of the standardised face, which brightness does not change.
    np.testing.assert_allclose(quality[3, 2:], quality[0, 2:], rtol=0.2)


@pytest.mark.parametrize("name", ["basic_cnn", "mini_xception", "mobilenet", "resnet"])
def test_every_network_can_be_exported(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = make_network(read_config(CONFIGS / f"{name}.toml").architecture)
    net(torch.rand(64, 1, 48, 48))  # normalisation statistics that are not the identity
    net.eval()
    path = tmp_path / "m.onnx"
    rule = Rule(1.3, 0.7)
    path.write_bytes(build(net, rule).SerializeToString())
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    fer2013, ferplus = predict(net, faces)[:2]
    found = run_model(path, faces[:, None])
    np.testing.assert_allclose(found["fer2013"], softmax(fer2013 / 1.3), atol=1e-4, rtol=1e-3)
    np.testing.assert_allclose(found["ferplus"], softmax(ferplus / 0.7), atol=1e-4, rtol=1e-3)


def test_a_layer_that_cannot_be_exported_is_named() -> None:
    net = make_network(Architecture(name="resnet", widths=(8,), depths=(1,)))
    net.body.append(torch.nn.Tanh())
    with pytest.raises(ModelError, match="Tanh"):
        build(net, Rule())


def test_what_is_exported_computes_in_int8_and_says_nearly_the_same(
    tiny_run: Path, tiny_models: Path, sheets: Path
) -> None:
    content = onnx.load(tiny_models / "emotion.onnx")
    kernels = {node.op_type for node in content.graph.node if "unit" in node.name}
    assert {"QuantizeLinear", "DequantizeLinear", "Conv"} <= kernels
    tiles = read_sheet(sheets / "public_test.png", sheets / "public_test.csv")
    fer2013 = predict(load_net(tiny_run)[0], tiles.images)[0]
    found = run_model(tiny_models / "emotion.onnx", tiles.images[:, None])["fer2013"]
    rule = json.loads((tiny_models / "emotion.json").read_text())["decision_rule"]
    wanted = softmax(fer2013 / rule["fer2013_temperature"])
    assert 0 < np.abs(found - wanted).mean() < 0.05


def test_another_rule_leaves_the_int8_network_as_it_is(tiny_run: Path, sheets: Path) -> None:
    net = load_net(tiny_run)[0]
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    rule = Rule(1.3, 0.7, 1.7, neutral_bias=0.4, asymmetry=2.0, blur=1.1)
    int8 = quantised(build(net, Rule()).SerializeToString(), images)
    assert with_rule(int8, net, Rule()) == int8
    assert with_rule(int8, net, rule) == quantised(build(net, rule).SerializeToString(), images)


@pytest.mark.parametrize("folder", ["tiny", "shipped"])
def test_an_activation_is_rounded_once(folder: str, tiny_models: Path) -> None:
    path = (tiny_models if folder == "tiny" else MODELS) / "emotion.onnx"
    nodes = onnx.load(path).graph.node
    made_by = {output: node for node in nodes for output in node.output}
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    inputs = [made_by.get(node.input[0]) for node in convolutions]
    assert inputs[0] is None or inputs[0].op_type != "DequantizeLinear"  # the first is in float32
    assert all(node is not None and node.op_type == "DequantizeLinear" for node in inputs[1:])
    # A ReLU of its own is left where nothing is rounded; elsewhere rounding is to 0 or more.
    assert sum(node.op_type == "Relu" for node in nodes) == 1


@pytest.mark.parametrize("folder", ["tiny", "shipped"])
def test_the_contract_is_kept(folder: str, tiny_models: Path) -> None:
    models = tiny_models if folder == "tiny" else MODELS
    content = (models / "emotion.onnx").read_bytes()
    facts = json.loads((models / "emotion.json").read_text())
    assert facts["format"] == 2
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert facts["bytes"] == len(content) <= 8_000_000
    assert facts["parameters"] <= 2_000_000
    assert facts["labels"]["ferplus"] == list(FERPLUS)
    assert facts["labels"]["fer2013"] == facts["labels"]["emotion"] == list(FER2013)
    assert 0 < facts["unsure"] < 1
    for count in (1, 3):
        outputs = run_model(models / "emotion.onnx", np.zeros((count, 1, 48, 48), np.uint8))
        sizes = {"fer2013": 7, "ferplus": 8, "emotion": 7, "covered": 1, "quality": 4}
        sizes["embedding"] = facts["embedding"]
        assert {name: value.shape for name, value in outputs.items()} == {
            name: (count, size) for name, size in sizes.items()
        }
        for head in ("fer2013", "ferplus", "emotion"):
            assert outputs[head].dtype == np.float32
            np.testing.assert_allclose(outputs[head].sum(axis=1), 1, rtol=1e-5)


def test_the_shipped_model_scores_what_its_description_says(fer2013: Path) -> None:
    facts = json.loads((MODELS / "emotion.json").read_text())
    tiles = read_sheet(fer2013 / "public_test.png", fer2013 / "public_test.csv")
    assert tiles.votes is not None
    outputs = run_model(MODELS / "emotion.onnx", tiles.images[:, None])
    share = np.mean(outputs["fer2013"].argmax(axis=1) == tiles.labels)
    assert share == pytest.approx(facts["metrics"]["public_test"]["fer2013"]["accuracy"], abs=1e-3)
    calm = agreed_labels(tiles) == NEUTRAL
    neutral = np.mean(outputs["emotion"].argmax(axis=1)[calm] == NEUTRAL)
    assert neutral == pytest.approx(0.95, abs=0.02)


def test_an_early_export_says_so_in_its_version(tiny_models: Path) -> None:
    facts = json.loads((tiny_models / "emotion.json").read_text())
    assert facts["version"] == "0.1.0"
    assert facts["training"]["epochs"] == 3
    assert facts["metrics"]["operating_point_cross_fitted"]["calm_called_neutral"] > 0.5
    assert list(facts["sensitivities"]) == ["calm", "balanced", "sensitive"]
    assert facts["resting"][-1] == 0


@pytest.mark.parametrize("trouble", ["no run", "unwritable"])
def test_a_failed_export_leaves_nothing_behind(
    trouble: str, tiny_run: Path, sheets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    run, out = (tmp_path, tmp_path / "out") if trouble == "no run" else (tiny_run, blocked / "out")
    with pytest.raises(SystemExit) as stop:
        main(run=run, out=out, data=sheets)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == [blocked]


def test_a_model_of_another_contract_is_refused(tmp_path: Path) -> None:
    faces = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 64, 64])
    same = helper.make_tensor_value_info("same", TensorProto.FLOAT, ["N", 3, 64, 64])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["same"])], "other", [faces], [same]
    )
    opset = helper.make_opsetid("", 17)
    path = tmp_path / "other.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    with pytest.raises(ModelError, match="input must be 'faces'"):
        open_model(path)
