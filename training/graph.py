"""The ONNX graph of a network: the model of the contract, uint8 faces in, probabilities out.

Faces are standardised inside the graph, their quality is measured there, and a network of two views
makes the second one there. Every head is linear
in the embedding, so each is one matrix and a softmax with its temperature already folded in; the
operating point of what is shown, linear in the quality, is added to its neutral logit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from torch import nn

from training.data import FER2013, FERPLUS, NEUTRAL, TILE
from training.decision import ASYMMETRY, QUALITIES, SHARPNESS, Rule
from training.graph_features import Graph, add_features
from training.networks import Network
from training.networks.base import face_weights, zoom_matrix

OPSET = 17
IR_VERSION = 8


def build(net: Network, rule: Rule) -> onnx.ModelProto:
    """The model of the contract.

    In: ``faces``, uint8 [N, 1, 48, 48]. Out, all float32: probabilities ``fer2013`` [N, 7],
    ``ferplus`` [N, 8] and ``emotion`` [N, 7]; ``covered`` [N, 1], a score of a covered mouth;
    ``quality`` [N, 4], see `training.decision.QUALITIES`; ``embedding`` [N, D].
    """
    graph = Graph()
    x = _standardise(graph)
    _measure(graph, x)
    _embed(graph, net, x)
    for head, temperature in (
        ("fer2013", rule.fer2013_temperature),
        ("ferplus", rule.ferplus_temperature),
    ):
        graph.add("Softmax", [_linear(graph, net, head, temperature)], head, axis=1)
    graph.add("Sigmoid", [_linear(graph, net, "covered", 1.0)], "covered")
    logits = _shown(graph, net, rule)
    shown = graph.add("Add", [logits, _operating_point(graph, rule)], "emotion_shown")
    graph.add("Softmax", [shown], "emotion", axis=1)
    return _model(graph, net.width)


def with_rule(content: bytes, net: Network, rule: Rule) -> bytes:
    """A model of `build`, int8 or not, with another rule; what makes the embedding stays."""
    model = onnx.load_from_string(content)
    constants = {each.name: each for each in build(net, rule).graph.initializer}
    for each in model.graph.initializer:
        if each.name in constants:
            each.CopyFrom(constants[each.name])
    return bytes(model.SerializeToString())


def _embed(graph: Graph, net: Network, x: str) -> None:
    """Add `embedding`, the mean over the views; a second one goes through in the same batch."""
    if net.views == 1:
        graph.add("Identity", [add_features(graph, net, x)], "embedding")
        return
    rows = zoom_matrix().numpy()
    graph.constant("zoom_rows", rows)
    zoomed = graph.add("MatMul", ["zoom_rows", "mirrored"], "zoomed_rows")
    zoomed = graph.add("MatMul", [zoomed, graph.constant("zoom_columns", rows.T)], "zoomed")
    both = graph.add("Concat", [x, zoomed], "views", axis=0)
    shape = graph.constant("by_view", [2, -1, net.width], np.int64)
    by_view = graph.add("Reshape", [add_features(graph, net, both), shape], "embeddings")
    graph.add("ReduceMean", [by_view], "embedding", axes=[0], keepdims=0)


def _standardise(graph: Graph) -> str:
    """Mean 0 and deviation 1, as `training.networks.base.standardise` does."""
    x = graph.add("Cast", ["faces"], "float", to=TensorProto.FLOAT)
    x = graph.add("Mul", [x, graph.constant("scale", 1 / 255)], "unit")
    graph.constant("face_weights", face_weights().numpy())
    graph.constant("places", [2, 3], np.int64)
    mean = _weighted_mean(graph, x, "mean")
    centred = graph.add("Sub", [x, mean], "centred")
    square = graph.add("Mul", [centred, centred], "square")
    deviation = graph.add("Sqrt", [_weighted_mean(graph, square, "variance")], "deviation")
    divisor = graph.add("Add", [deviation, graph.constant("floor", 0.01)], "divisor")
    return graph.add("Div", [centred, divisor], "standardised")


def _weighted_mean(graph: Graph, x: str, name: str) -> str:
    weighted = graph.add("Mul", [x, "face_weights"], f"{name}_weighted")
    return graph.add("ReduceSum", [weighted, "places"], name)


def _measure(graph: Graph, x: str) -> None:
    """Add `quality`: luminance, contrast, asymmetry and sharpness of the face.

    The last two are the mean absolute differences of the standardised face from its mirror
    image, and from itself averaged over 3x3 pixels.
    """
    backwards = graph.constant("backwards", np.arange(TILE)[::-1].copy(), np.int64)
    mirrored = graph.add("Gather", [x, backwards], "mirrored", axis=3)
    smooth = graph.add(
        "AveragePool",
        [x],
        "smooth",
        kernel_shape=[3, 3],
        pads=[1] * 4,
        strides=[1, 1],
        count_include_pad=0,
    )
    columns = ["mean", "deviation"]
    for name, other in (("asymmetry", mirrored), ("sharpness", smooth)):
        away = graph.add("Sub", [x, other], f"{name}_away")
        distance = graph.add("Abs", [away], f"{name}_distance")
        columns.append(_weighted_mean(graph, distance, name))
    flat = [graph.add("Flatten", [column], f"{column}_column") for column in columns]
    graph.add("Concat", flat, "quality", axis=1)


def _operating_point(graph: Graph, rule: Rule) -> str:
    """What is added to the logits: `Rule.bias` for neutral, nothing for the others."""
    terms = [("asymmetry", 1.0, ASYMMETRY), ("sharpness", -1.0, SHARPNESS)]
    doubts = []
    for name, sign, (low, high) in terms:
        start = low if sign > 0 else high
        away = graph.add(
            "Sub", [f"{name}_column", graph.constant(f"{name}_start", start)], f"{name}_beyond"
        )
        slope = graph.constant(f"{name}_slope", sign / (high - low))
        scaled = graph.add("Mul", [away, slope], f"{name}_scaled")
        bounds = [graph.constant(f"{name}_{end}", end) for end in (0.0, 1.0)]
        doubts.append(graph.add("Clip", [scaled, *bounds], f"{name}_doubt"))
    both = graph.add("Concat", doubts, "doubts", axis=1)
    neutral = np.eye(len(FER2013))[NEUTRAL] / rule.emotion_temperature
    slopes = np.outer([rule.asymmetry, rule.blur], neutral)
    inputs = [
        both,
        graph.constant("doubt_slopes", slopes),
        graph.constant("neutral_bias", rule.neutral_bias * neutral),
    ]
    return graph.add("Gemm", inputs, "operating_point")


def _shown(graph: Graph, net: Network, rule: Rule) -> str:
    """`Rule.mixed` applied to the matrices of both heads."""
    votes, seven = rule.ferplus_temperature, len(FER2013)
    own, other = net.emotion, net.ferplus
    weight = own.weight.detach().numpy() + other.weight.detach().numpy()[:seven] / votes
    bias = own.bias.detach().numpy() + other.bias.detach().numpy()[:seven] / votes
    inputs = [
        graph.constant("emotion_weight", weight / rule.emotion_temperature),
        graph.constant("emotion_bias", (bias + rule.offset) / rule.emotion_temperature),
    ]
    return graph.add("Gemm", ["embedding", *inputs], "emotion_logits", transB=1)


def _linear(graph: Graph, net: Network, head: str, temperature: float) -> str:
    layer: nn.Linear = net.heads()[head]

    def constant(part: str, values: npt.NDArray[np.floating]) -> str:
        return graph.constant(f"{head}_{part}", values / temperature)

    weight = constant("weight", layer.weight.detach().numpy())
    bias = constant("bias", layer.bias.detach().numpy())
    return graph.add("Gemm", ["embedding", weight, bias], f"{head}_logits", transB=1)


def _model(graph: Graph, embedding: int) -> onnx.ModelProto:
    sizes = {
        "fer2013": len(FER2013),
        "ferplus": len(FERPLUS),
        "emotion": len(FER2013),
        "covered": 1,
        "quality": len(QUALITIES),
        "embedding": embedding,
    }
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["N", 1, TILE, TILE])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size])
        for name, size in sizes.items()
    ]
    proto = helper.make_graph(graph.nodes, "emotion", [faces], outputs, graph.constants)
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="emotion-overlay",
    )
    onnx.checker.check_model(model, full_check=True)
    return model
