"""Rounds the weights of convolutions so that a layer's answers change as little as possible.

Weights are rounded one after the other, and those still to be rounded make up for the error, as far
as the layer's inputs on training tiles allow; the bias, which is not rounded, makes up for the rest
(GPTQ; Frantar et al., ICLR 2023). `training.int8` then finds every weight on its grid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from numpy.lib.stride_tricks import sliding_window_view
from onnx import TensorProto, helper, numpy_helper

Floats = npt.NDArray[np.floating]

#: A weight is a whole number, from -64 to 64, times the scale of its output channel: seven bits.
LEVELS = 64

# So many places of a layer's input are looked at, of all tiles together.
_PLACES = 60_000
# Tiles in one pass.
_BATCH = 32
# What is added to the moments' diagonal, as a share of its mean, so that they have an inverse.
_DAMPING = 0.01


@dataclass(frozen=True)
class _Layer:
    """A convolution by the names of its input and constants; pads are top, left, bottom, right."""

    input: str
    weight: str
    bias: str | None
    size: tuple[int, int]
    strides: tuple[int, int]
    pads: tuple[int, int, int, int]

    def look(self, inputs: Floats, count: int, rng: np.random.Generator) -> Floats:
        """What the kernel sees at random places, and 1 for the bias: [count, C * size + 1].

        Args:
            inputs: [N, C, H, W].
            count: at most so many places.
            rng: draws them.
        """
        top, left, bottom, right = self.pads
        padded = np.pad(inputs, ((0, 0), (0, 0), (top, bottom), (left, right)))
        windows = sliding_window_view(padded, self.size, axis=(2, 3))
        windows = windows[:, :, :: self.strides[0], :: self.strides[1]].transpose(0, 2, 3, 1, 4, 5)
        every = int(np.prod(windows.shape[:3]))
        chosen = np.sort(rng.choice(every, min(count, every), replace=False))
        seen = windows[np.unravel_index(chosen, windows.shape[:3])].reshape(len(chosen), -1)
        return np.asarray(np.c_[seen, np.ones(len(seen), np.float32)])


def round_convolutions(
    content: bytes, images: npt.NDArray[np.uint8], excluded: Collection[str]
) -> bytes:
    """A serialised model with rounded weights, still in float32.

    Args:
        content: a model of `training.graph`.
        images: uint8 [N, 48, 48], training tiles.
        excluded: names of convolutions that stay as they are; so do grouped ones.
    """
    model = onnx.load_from_string(content)
    constants = {each.name: each for each in model.graph.initializer}
    layers = [
        _layer(node, constants)
        for node in model.graph.node
        if node.op_type == "Conv"
        and node.name not in excluded
        and _attribute(node, "group", 1) == 1
    ]

    if not layers:
        return content

    def replace(name: str, values: Floats) -> None:
        constants[name].CopyFrom(numpy_helper.from_array(values.astype(np.float32), name))

    for layer, moments in zip(layers, _moments(model, layers, images), strict=True):
        kernels = numpy_helper.to_array(constants[layer.weight])
        weights = kernels.reshape(len(kernels), -1)
        if layer.bias is None:
            weights = round_weights(weights, moments[:-1, :-1])
        else:
            bias = numpy_helper.to_array(constants[layer.bias])
            both = round_weights(np.c_[weights, bias], moments, free=1)
            weights = both[:, :-1]
            replace(layer.bias, both[:, -1])
        replace(layer.weight, weights.reshape(kernels.shape))
    return bytes(model.SerializeToString())


def round_weights(weights: Floats, moments: Floats, free: int = 0) -> Floats:
    """Round the weights of a layer to `LEVELS`.

    The largest weight of each output, which decides its scale, stays as it is.

    Args:
        weights: [O, K], a row an output.
        moments: [K, K], mean products of the layer's inputs.
        free: so many of the last columns are not rounded.

    Returns:
        float64 [O, K].
    """
    count = weights.shape[1] - free
    # What varies most is rounded first, while many others can make up for its error.
    order = np.argsort(-np.diag(moments)[:count], kind="stable")
    order = np.append(order, np.arange(count, count + free))
    products = moments[np.ix_(order, order)].astype(np.float64)
    products[np.diag_indices_from(products)] += _DAMPING * np.diag(products).mean()
    shares = np.linalg.cholesky(np.linalg.inv(products)).T
    found = weights.T[order].astype(np.float64)
    largest = np.abs(found[:count]).argmax(axis=0)
    kept = found[largest, np.arange(len(weights))]
    scale = np.where(kept == 0, 1, np.abs(kept)) / LEVELS
    for place in range(count):
        value = np.clip(np.round(found[place] / scale), -LEVELS, LEVELS) * scale
        value = np.where(largest == place, kept, value)
        error = (found[place] - value) / shares[place, place]
        found[place] = value
        found[place + 1 :] -= np.outer(shares[place, place + 1 :], error)
    return np.asarray(found[np.argsort(order)].T)


def _moments(
    model: onnx.ModelProto, layers: Sequence[_Layer], images: npt.NDArray[np.uint8]
) -> list[Floats]:
    """Mean products [K + 1, K + 1] of what the kernels of each layer see, the bias's 1 included."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    names = list(dict.fromkeys(layer.input for layer in layers))
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = ort.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    batches = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
    sums: list[Floats] = [np.zeros(1)] * len(layers)
    counts = [0] * len(layers)
    for batch in batches:
        inputs = dict(zip(names, session.run(names, {"faces": batch[:, None]}), strict=True))
        for place, layer in enumerate(layers):
            seen = layer.look(inputs[layer.input], -(-_PLACES // len(batches)), rng)
            sums[place] = sums[place] + seen.T @ seen
            counts[place] += len(seen)
    return [total / count for total, count in zip(sums, counts, strict=True)]


def _layer(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> _Layer:
    weight = node.input[1]
    size = tuple(constants[weight].dims[2:])
    return _Layer(
        input=node.input[0],
        weight=weight,
        bias=node.input[2] if len(node.input) > 2 else None,
        size=size,
        strides=tuple(_attribute(node, "strides", (1, 1))),
        pads=tuple(_attribute(node, "pads", (0, 0, 0, 0))),
    )


def _attribute(node: onnx.NodeProto, name: str, default: Any) -> Any:
    for each in node.attribute:
        if each.name == name:
            return helper.get_attribute_value(each)
    return default
