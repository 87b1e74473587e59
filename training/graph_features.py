"""The part of the ONNX graph between standardised tiles and the embedding.

`torch.fx` traces `Network.features`, and tables map each module and function to an ONNX node. ONNX
Runtime folds normalisation into the preceding convolution when it loads the model.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper
from torch import fx, nn

from training.errors import ModelError
from training.networks import Network
from training.networks.plain import ConvUnit


class Graph:
    """Nodes and constants, in the order in which they were added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.ArrayLike, dtype: type = np.float32) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output


class _Tracer(fx.Tracer):
    """Traces `features` without looking into our fused layers."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, ConvUnit) or super().is_leaf_module(m, module_qualified_name)


def add_features(graph: Graph, net: Network, x: str) -> str:
    """Add the nodes of `net.features` to the graph; `x` names its input.

    Raises:
        ModelError: the network uses a layer or function that has no ONNX node here.
    """
    tracer = _Tracer()
    tracer.traced_func_name = "features"
    values: dict[fx.Node, str] = {}
    modules = dict(net.named_modules())
    for node in tracer.trace(net).nodes:
        if node.op == "placeholder":
            values[node] = x
        elif node.op == "get_attr":
            parameter = net.get_parameter(str(node.target))
            values[node] = graph.constant(node.name, parameter.detach().numpy())
        elif node.op == "output":
            return values[node.args[0]]
        else:
            layer = modules[str(node.target)] if node.op == "call_module" else node.target
            inputs = [values[a] for a in node.args if isinstance(a, fx.Node)]
            values[node] = _emit(graph, layer, inputs, node)
    raise ModelError("the network has no output")


def _emit(graph: Graph, layer: Any, inputs: list[str], node: fx.Node) -> str:
    if isinstance(layer, nn.Module):
        emitter = _LAYERS.get(type(layer))
        if emitter is not None:
            return emitter(graph, layer, inputs[0], node.name)
    elif layer in _FUNCTIONS:
        return graph.add(_FUNCTIONS[layer], inputs, node.name)
    elif layer == "sum":
        axes: Any = node.kwargs["dim"]
        places = graph.constant(f"{node.name}_axes", list(axes), np.int64)
        return graph.add("ReduceSum", [*inputs, places], node.name, keepdims=0)
    raise ModelError(f"no ONNX node for {node.name} ({layer}); add it to training/graph_features")


def _conv_unit(graph: Graph, unit: ConvUnit, x: str, name: str) -> str:
    weight, bias = unit.fused()
    constants = [
        graph.constant(f"{name}_weight", weight.numpy()),
        graph.constant(f"{name}_bias", bias.numpy()),
    ]
    strides = [unit.stride, unit.stride]
    inputs = [x, *constants]
    x = graph.add(
        "Conv", inputs, f"{name}_conv", kernel_shape=[3, 3], strides=strides, pads=[1] * 4
    )
    return graph.add("Relu", [x], f"{name}_relu")


def _conv(graph: Graph, layer: nn.Conv2d, x: str, name: str) -> str:
    inputs = [x, graph.constant(f"{name}_weight", layer.weight.detach().numpy())]
    if layer.bias is not None:
        inputs.append(graph.constant(f"{name}_bias", layer.bias.detach().numpy()))
    pads = [int(side) for side in layer.padding] * 2
    strides = list(layer.stride)
    return graph.add("Conv", inputs, name, strides=strides, pads=pads, group=layer.groups)


def _norm(graph: Graph, layer: nn.BatchNorm2d, x: str, name: str) -> str:
    assert layer.running_mean is not None
    assert layer.running_var is not None
    values = {
        "gain": layer.weight.detach(),
        "bias": layer.bias.detach(),
        "mean": layer.running_mean,
        "variance": layer.running_var,
    }
    constants = [graph.constant(f"{name}_{key}", value.numpy()) for key, value in values.items()]
    return graph.add("BatchNormalization", [x, *constants], name, epsilon=layer.eps)


def _linear(graph: Graph, layer: nn.Linear, x: str, name: str) -> str:
    weight = graph.constant(f"{name}_weight", layer.weight.detach().numpy())
    bias = graph.constant(f"{name}_bias", layer.bias.detach().numpy())
    return graph.add("Gemm", [x, weight, bias], name, transB=1)


def _clip(graph: Graph, _: nn.ReLU6, x: str, name: str) -> str:
    bounds = [graph.constant(f"{name}_{limit}", limit) for limit in (0.0, 6.0)]
    return graph.add("Clip", [x, *bounds], name)


def _max_pool(graph: Graph, layer: nn.MaxPool2d, x: str, name: str) -> str:
    side, stride, pad = layer.kernel_size, layer.stride, layer.padding
    return graph.add(
        "MaxPool", [x], name, kernel_shape=[side] * 2, strides=[stride] * 2, pads=[pad] * 4
    )


_Emitter = Callable[[Graph, Any, str, str], str]

_LAYERS: dict[type[nn.Module], _Emitter] = {
    ConvUnit: _conv_unit,
    nn.Conv2d: _conv,
    nn.BatchNorm2d: _norm,
    nn.Linear: _linear,
    nn.ReLU: lambda graph, _, x, name: graph.add("Relu", [x], name),
    nn.ReLU6: _clip,
    nn.MaxPool2d: _max_pool,
    nn.AdaptiveAvgPool2d: lambda graph, _, x, name: graph.add("GlobalAveragePool", [x], name),
    nn.Flatten: lambda graph, _, x, name: graph.add("Flatten", [x], name),
    nn.Dropout: lambda _graph, _layer, x, _name: x,
}
_FUNCTIONS: dict[Any, str] = {operator.add: "Add", operator.mul: "Mul"}
