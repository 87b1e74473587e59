from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.data import read_sheet
from training.decision import Rule
from training.evaluate import predict
from training.graph import build
from training.int8 import quantised
from training.networks import Architecture, make_network
from training.readings import open_content
from training.rounding import LEVELS, round_convolutions, round_weights
from training.run import load_net


def plainly_rounded(weights: NDArray[np.floating]) -> NDArray[np.floating]:
    scale = np.abs(weights).max(axis=1, keepdims=True) / LEVELS
    return np.asarray(np.round(weights / scale) * scale)


def correlated(rng: np.random.Generator, count: int, width: int) -> NDArray[np.floating]:
    """Inputs [count, width] whose neighbours resemble each other, as in a picture."""
    noise = rng.normal(1, 1, (count, width + 2))
    return np.asarray(noise[:, :-2] + noise[:, 1:-1] + noise[:, 2:])


@pytest.mark.parametrize("seed", range(3))
def test_a_layer_says_more_nearly_the_same_than_with_plain_rounding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen, unseen = np.split(correlated(rng, 1000, 40), 2)
    weights = rng.normal(0, 1, (20, 40))
    found, plain = round_weights(weights, seen.T @ seen / len(seen)), plainly_rounded(weights)
    error, plain_error = (np.square(unseen @ (w - weights).T).mean() for w in (found, plain))
    assert error < 0.5 * plain_error


def test_weights_are_on_the_grid_that_the_largest_of_each_output_decides() -> None:
    rng = np.random.default_rng(0)
    x = correlated(rng, 500, 20)
    weights = rng.normal(0, 1, (60, 20))
    weights[3] = 0
    found = round_weights(weights, x.T @ x / len(x))
    largest = np.abs(weights).max(axis=1, keepdims=True)
    np.testing.assert_array_equal(np.abs(found).max(axis=1, keepdims=True), largest)
    steps = found / np.where(largest == 0, 1, largest) * LEVELS
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
    assert not found[3].any()


def test_a_free_bias_makes_up_for_what_is_left() -> None:
    rng = np.random.default_rng(0)
    x = np.c_[correlated(rng, 500, 20), np.ones(500)]
    weights = rng.normal(0, 1, (6, 21))
    moments = x.T @ x / len(x)
    free = round_weights(weights, moments, free=1)
    fixed = np.c_[round_weights(weights[:, :-1], moments[:-1, :-1]), weights[:, -1]]
    errors = [np.square(x @ (found - weights).T).mean() for found in (free, fixed)]
    assert errors[0] < errors[1]


def model_of_one_convolution(rng: np.random.Generator, bias: bool) -> bytes:
    """It casts tiles to float and convolves them, with a kernel, steps and edges of two sizes."""
    constants = [numpy_helper.from_array(rng.normal(0, 1, (4, 1, 3, 5)).astype(np.float32), "w")]
    constants += [numpy_helper.from_array(np.zeros(4, np.float32), "b")] * bias
    names = ["x", *(each.name for each in constants)]
    nodes = [
        helper.make_node("Cast", ["faces"], ["x"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Conv", names, ["y"], "conv", strides=[2, 3], pads=[1, 0, 2, 3]),
    ]
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["N", 1, 48, 48])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "one", [faces], [y], constants)
    opset = helper.make_opsetid("", 17)
    return bytes(helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString())


def outputs_of(content: bytes, images: NDArray[np.uint8]) -> NDArray[np.floating]:
    import onnxruntime as ort

    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"faces": images[:, None]})[0])


def with_plain_rounding(content: bytes) -> bytes:
    model = onnx.load_from_string(content)
    kernels = numpy_helper.to_array(model.graph.initializer[0])
    values = plainly_rounded(kernels.reshape(len(kernels), -1)).reshape(kernels.shape)
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(values.astype(np.float32), "w"))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("bias", [False, True])
def test_a_convolution_is_rounded_by_what_its_kernel_sees(bias: bool) -> None:
    rng = np.random.default_rng(0)
    content = model_of_one_convolution(rng, bias)
    # Every second row and third column is bright, so that each weight sees its own sort of them.
    bright = np.where(np.arange(48) % 2, 0.1, 1.0)[:, None] * np.where(np.arange(48) % 3, 0.1, 1.0)
    images = (rng.integers(0, 256, (40, 48, 48)) * bright).astype(np.uint8)
    wanted = outputs_of(content, images)
    found = outputs_of(round_convolutions(content, images, ()), images)
    plain = outputs_of(with_plain_rounding(content), images)
    assert 0 < np.square(found - wanted).mean() < 0.5 * np.square(plain - wanted).mean()
    assert round_convolutions(content, images, ["conv"]) == content


def test_grouped_convolutions_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    net = make_network(Architecture(name="mobilenet", widths=(8, 8), depths=(1, 1)))
    content = build(net.eval(), Rule()).SerializeToString()
    rounded = constants_of(
        round_convolutions(content, rng.integers(0, 256, (8, 48, 48), dtype=np.uint8), ())
    )
    before = constants_of(content)
    convolutions = [n for n in onnx.load_from_string(content).graph.node if n.op_type == "Conv"]
    groups = {n.input[1]: a.i for n in convolutions for a in n.attribute if a.name == "group"}
    kept = {name for name in groups if np.array_equal(before[name], rounded[name])}
    assert kept == {name for name, group in groups.items() if group > 1} != set()


def test_the_int8_model_has_the_rounded_weights(tiny_run: Path, sheets: Path) -> None:
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    content = build(load_net(tiny_run)[0], Rule()).SerializeToString()
    nodes = onnx.load_from_string(content).graph.node
    first = next(node.name for node in nodes if node.op_type == "Conv")
    order = np.random.default_rng(0).permutation(len(images))
    rounded = constants_of(round_convolutions(content, images[order], [first]))
    int8 = constants_of(quantised(content, images))
    names = [name for name in int8 if name.endswith("_weight_quantized")]
    assert names
    for name in names:
        weight = name.removesuffix("_quantized")
        whole, scale = int8[name], int8[f"{weight}_scale"]
        assert np.abs(whole.astype(int)).max() <= LEVELS
        found = whole * scale[:, None, None, None]
        np.testing.assert_allclose(found, rounded[weight], rtol=1e-4, atol=1e-7)


def constants_of(content: bytes) -> dict[str, NDArray[np.generic]]:
    initializers = onnx.load_from_string(content).graph.initializer
    return {each.name: numpy_helper.to_array(each) for each in initializers}


def test_it_is_the_same_each_time_and_nearly_what_it_was(tiny_run: Path, sheets: Path) -> None:
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    content = build(load_net(tiny_run)[0], Rule()).SerializeToString()
    once = round_convolutions(content, images, ())
    assert once == round_convolutions(content, images, ()) != content
    before, after = (predict(open_content(c), images)["embedding"] for c in (content, once))
    assert np.square(after - before).mean() < 0.01 * before.var()
