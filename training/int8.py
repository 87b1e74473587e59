"""Makes a model faster: static quantisation of its convolutions to int8.

Weights and activations become integers with scales (QDQ; ONNX Runtime's static quantisation, after
Jacob et al., CVPR 2018), the activations' scales by what training tiles reach. An activation is
rounded once, after the ReLU, which so becomes part of the convolution before it. The first
convolution, which has a single channel to read, is faster in float32, and everything else stays
float32, too. Weights use seven of the eight bits: processors without VNNI add products of eight
bits in 16, where they overflow, and would answer differently. `training.rounding` rounds them.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from training.rounding import round_convolutions

#: So many training tiles give the scales and decide how weights are rounded.
CALIBRATION_TILES = 512
_BATCH = 64


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    """Batches of tiles for the calibration."""

    def __init__(self, images: npt.NDArray[np.uint8]) -> None:
        starts = range(0, len(images), _BATCH)
        self._batches = iter([{"faces": images[i : i + _BATCH, None]} for i in starts])

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        return next(self._batches, None)


def quantised(content: bytes, images: npt.NDArray[np.uint8]) -> bytes:
    """The int8 version of a serialised model.

    Args:
        content: a model of `training.graph`.
        images: uint8 [N, 48, 48], of which `CALIBRATION_TILES` are taken.
    """
    tiles = images[np.random.default_rng(0).permutation(len(images))[:CALIBRATION_TILES]]
    in_float32 = _first(content)
    rounded = round_convolutions(content, tiles, in_float32)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it recommends its own pre-processing on every call
    try:
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
            before.write_bytes(rounded)
            quantize_static(
                before,
                after,
                _Faces(tiles),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Relu"],
                nodes_to_exclude=in_float32,
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
            return after.read_bytes()
    finally:
        root.setLevel(level)


def _first(content: bytes) -> list[str]:
    """The names of the first convolution and what reads it."""
    nodes = onnx.load_from_string(content).graph.node
    first = next(node for node in nodes if node.op_type == "Conv")
    return [first.name, *(node.name for node in nodes if first.output[0] in node.input)]
