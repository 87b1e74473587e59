"""A network that the user names, with a description that fits: it is read, or is a `ModelError`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from hypothesis import strategies as st
from onnx import TensorProto, helper

from overlay.perception.classifier import Classifier
from tests.fuzz.inputs import Input, damaged

_WIDTHS = {"fer2013": 7, "ferplus": 8, "emotion": 7, "covered": 1, "quality": 4, "embedding": 4}


def inputs() -> st.SearchStrategy[Input]:
    """A small network that meets the contract, damaged."""
    return damaged(_small_network()).map(lambda content: Input("mine.onnx", content))


def read(input: Input, folder: Path) -> None:
    """Open it as a model of the user's own, and read one face."""
    path = folder / input.name
    path.write_bytes(input.content)
    sha256 = hashlib.sha256(input.content).hexdigest()
    path.with_suffix(".json").write_text(json.dumps({"sha256": sha256, "unsure": 0.4}))
    classifier = Classifier(path)
    classifier.classify(np.zeros((1, 1, classifier.size, classifier.size), np.uint8))


def _small_network() -> bytes:
    """One convolution's worth of a network: the mean of the crop times a weight for each output."""
    nodes = [
        helper.make_node("Cast", ["faces"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        *(helper.make_node("MatMul", ["flat", f"w-{name}"], [name]) for name in _WIDTHS),
    ]
    weights = [
        helper.make_tensor(f"w-{name}", TensorProto.FLOAT, [1, width], [0.1] * width)
        for name, width in _WIDTHS.items()
    ]
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", 1, 48, 48])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in _WIDTHS.items()
    ]
    graph = helper.make_graph(nodes, "small", [faces], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()
