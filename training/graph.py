"""The ONNX graph of a network: the model of the contract, uint8 faces in, probabilities out.

Faces are standardised inside the graph; every head, the decision rule included, is linear in the
embedding, so each is one matrix and a softmax with its temperature already folded in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from torch import nn

from training.data import FER2013, FERPLUS, TILE
from training.decision import Rule
from training.graph_features import Graph, add_features
from training.networks import Network

OPSET = 17
IR_VERSION = 8


def build(net: Network, rule: Rule, priors: npt.NDArray[np.floating]) -> onnx.ModelProto:
    """The model of the contract: faces in; fer2013, ferplus, emotion and embedding out."""
    graph = Graph()
    x = _standardise(graph)
    graph.add("Identity", [add_features(graph, net, x)], "embedding")
    for head, (weight, bias) in _heads(net, rule, priors).items():
        inputs = [graph.constant(f"{head}_weight", weight), graph.constant(f"{head}_bias", bias)]
        logits = graph.add("Gemm", ["embedding", *inputs], f"{head}_logits", transB=1)
        graph.add("Softmax", [logits], head, axis=1)
    return _model(graph, net.width)


def _standardise(graph: Graph) -> str:
    """Mean 0 and deviation 1, as `training.networks.base.standardise` does."""
    x = graph.add("Cast", ["faces"], "float", to=TensorProto.FLOAT)
    x = graph.add("Mul", [x, graph.constant("scale", 1 / 255)], "unit")
    mean = graph.add("ReduceMean", [x], "mean", axes=[2, 3])
    centred = graph.add("Sub", [x, mean], "centred")
    square = graph.add("Mul", [centred, centred], "square")
    variance = graph.add("ReduceMean", [square], "variance", axes=[2, 3])
    deviation = graph.add("Sqrt", [variance], "deviation")
    divisor = graph.add("Add", [deviation, graph.constant("floor", 0.01)], "divisor")
    return graph.add("Div", [centred, divisor], "standardised")


Linear = tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]


def _heads(net: Network, rule: Rule, priors: npt.NDArray[np.floating]) -> dict[str, Linear]:
    """Weight and bias of each head; `Rule.logits` applied to both matrices gives `emotion`."""

    def linear(layer: nn.Linear, temperature: float) -> Linear:
        weight, bias = layer.weight, layer.bias
        return weight.detach().numpy() / temperature, bias.detach().numpy() / temperature

    fer2013 = linear(net.fer2013, rule.fer2013_temperature)
    ferplus = linear(net.ferplus, rule.ferplus_temperature)
    seven = len(FER2013)
    weight = ferplus[0][:seven] + rule.blend * fer2013[0]
    bias = ferplus[1][:seven] + rule.blend * fer2013[1] + rule.offset(priors)
    emotion = (weight / rule.emotion_temperature, bias / rule.emotion_temperature)
    return {"fer2013": fer2013, "ferplus": ferplus, "emotion": emotion}


def _model(graph: Graph, embedding: int) -> onnx.ModelProto:
    sizes = {
        "fer2013": len(FER2013),
        "ferplus": len(FERPLUS),
        "emotion": len(FER2013),
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
