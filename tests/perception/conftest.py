"""A real portrait, a real detector, and a tiny network that keeps the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from overlay.perception.detector import FaceDetector
from overlay.scene import Image
from overlay.sources.demo import PORTRAIT


@pytest.fixture(scope="session")
def portrait() -> Image:
    """Grace Hopper, 512x600, upright and looking into the camera."""
    image = cv2.imread(str(PORTRAIT))
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.fixture(scope="session")
def detector() -> Iterator[FaceDetector]:
    """The real face detector."""
    real = FaceDetector()
    yield real
    real.close()


BuildModel = Callable[..., Path]


@pytest.fixture
def build_model(tmp_path: Path) -> BuildModel:
    """Writes a network of the contract, or one that breaks it in one place.

    Its `emotion` head says surprise for dark crops and happy for bright ones, its mouths are not
    covered, and its `quality` is clear.
    """
    helper, kinds = onnx.helper, onnx.TensorProto

    def build(
        *,
        size: int = 48,
        dtype: int = kinds.UINT8,
        channels: int = 1,
        widths: dict[str, int] | None = None,
        without: str = "",
        covered: bool = False,
        description: dict[str, object] | None = None,
    ) -> Path:
        heads = {"fer2013": 7, "ferplus": 8, "emotion": 7, "covered": 1, "quality": 4}
        heads |= {"embedding": 3} | (widths or {})
        heads.pop(without, None)
        nodes = [
            helper.make_node("Cast", ["faces"], ["float"], to=kinds.FLOAT),
            helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Reshape", ["mean", "column"], ["brightness"]),
        ]
        constants = [helper.make_tensor("column", kinds.INT64, [2], [-1, 1])]
        for name, width in heads.items():
            weight = np.zeros((1, width), np.float32)
            bias = np.zeros(width, np.float32)
            if name == "emotion" and width == 7:
                weight[0, 3], bias[3], bias[5] = 0.08, -5.0, 5.0
            if name == "covered":
                bias[:] = 1 if covered else -1
            if name == "quality" and width == 4:
                bias[:] = 0.5, 0.15, 0.3, 0.15
            constants += [
                onnx.numpy_helper.from_array(weight, f"{name}_weight"),
                onnx.numpy_helper.from_array(bias, f"{name}_bias"),
            ]
            inputs = ["brightness", f"{name}_weight", f"{name}_bias"]
            nodes.append(helper.make_node("Gemm", inputs, [f"{name}_logits"]))
            last = {"covered": "HardSigmoid", "quality": "Identity"}
            how = {"alpha": 1.0} if name == "covered" else {"axis": 1}
            kind = last.get(name, "Softmax")
            if kind == "Identity":
                how = {}
            nodes.append(helper.make_node(kind, [f"{name}_logits"], [name], **how))
        faces = helper.make_tensor_value_info("faces", dtype, ["N", channels, size, size])
        outputs = [
            helper.make_tensor_value_info(name, kinds.FLOAT, ["N", width])
            for name, width in heads.items()
        ]
        graph = helper.make_graph(nodes, "tiny", [faces], outputs, constants)
        opset = [helper.make_opsetid("", 17)]
        content = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
        path = tmp_path / "tiny.onnx"
        path.write_bytes(content)
        about = {"sha256": hashlib.sha256(content).hexdigest(), "unsure": 0.5}
        path.with_suffix(".json").write_text(json.dumps(about | (description or {})))
        return path

    return build
