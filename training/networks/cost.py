"""What a network costs: parameters as exported and multiply-accumulates for one face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from training.data import TILE
from training.networks.base import Network
from training.networks.plain import ConvUnit, PlainNet


@dataclass(frozen=True)
class Cost:
    """Parameters with normalisation folded into the convolutions, and multiply-accumulates."""

    parameters: int
    macs: int


@torch.no_grad()
def cost(net: Network) -> Cost:
    """Count while one blank tile passes through; additions, activations and poolings are free."""
    parameters: dict[nn.Module, int] = {}  # a layer may work once for each view
    macs = 0

    def count(layer: nn.Module, _: Any, output: Tensor) -> None:
        nonlocal macs
        kernel = layer.kernel if isinstance(layer, ConvUnit) else layer.weight
        assert isinstance(kernel, Tensor)
        has_bias = isinstance(layer, ConvUnit) or isinstance(getattr(layer, "bias", None), Tensor)
        parameters[layer] = kernel.numel() + (len(kernel) if has_bias else 0)
        macs += kernel.numel() * output[0, 0].numel()

    def count_bias(layer: nn.Module, _: Any, output: Tensor) -> None:
        parameters[layer] = output.shape[1]

    hooks = []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | ConvUnit):
            hooks.append(layer.register_forward_hook(count))
    inside = {unit.norm for unit in net.modules() if isinstance(unit, ConvUnit)}
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d) and layer not in inside:
            hooks.append(layer.register_forward_hook(count_bias))
    was_training = net.training
    net.eval()(torch.zeros(1, 1, TILE, TILE))
    net.train(was_training)
    for hook in hooks:
        hook.remove()
    total = sum(parameters.values())
    if isinstance(net, PlainNet):
        total += net.pool.numel()
        macs += net.views * net.pool.numel()
    return Cost(total, macs)
