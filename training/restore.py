"""Weights of an exported model, to continue training where no checkpoint is left.

Export folds normalisation and identity into each convolution. Both are separated again: a kernel
gets the norm that the optimiser keeps it at, and normalisation takes the statistics of real faces
and cancels itself out, so that the network answers as the model did.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

from overlay.models_store import read_json
from training.errors import CheckpointError
from training.networks import Network
from training.networks.base import standardise
from training.networks.plain import ConvUnit, PlainNet


@torch.no_grad()
def restore(path: Path, net: Network, images: npt.NDArray[np.uint8]) -> None:
    """Give a network the weights of an exported model of its architecture.

    Heads that the model does not have begin as those it has that are nearest: what is shown
    begins with the model's decision rule.

    Args:
        path: ``emotion.onnx`` with its description beside it.
        net: the network to fill.
        images: uint8 [N, 48, 48], faces whose statistics normalisation takes.

    Raises:
        CheckpointError: the model is of another architecture.
    """
    constants = _constants(path)
    rule = read_json(path.with_suffix(".json")).get("decision_rule", {})
    if not isinstance(net, PlainNet):
        raise CheckpointError(f"{path}: only `plain` networks can be restored from a model")
    try:
        x = standardise(torch.from_numpy(images[:, None]).float() / 255)
        for number, unit in enumerate(net.units):
            assert isinstance(unit, ConvUnit)
            weight, bias = (constants[f"units_{number}_{part}"] for part in ("weight", "bias"))
            x = _fill(unit, weight, bias, x)
        net.pool.copy_(constants["pool"])
        for name, head in net.heads().items():
            if f"{name}_weight" in constants:
                temperature = float(rule.get(f"{name}_temperature", 1.0))
                head.weight.copy_(constants[f"{name}_weight"] * temperature)
                head.bias.copy_(constants[f"{name}_bias"] * temperature)
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(f"{path}: of another architecture ({error})") from None


def _constants(path: Path) -> dict[str, Tensor]:
    """The constants of a model by name; those of an int8 model as the numbers that they stand for.

    `training.int8` keeps a kernel [O, I, 3, 3] as integers with one scale for each output.
    """
    found = {
        c.name: torch.from_numpy(numpy_helper.to_array(c).copy())
        for c in onnx.load(path).graph.initializer
    }
    for name in [each for each in found if each.endswith("_quantized")]:
        plain = name.removesuffix("_quantized")
        scale = found[f"{name if name.endswith('bias_quantized') else plain}_scale"]
        integers = found[name].float()
        found[plain] = integers * scale.view(-1, *[1] * (integers.dim() - 1))
    return found


def _fill(unit: ConvUnit, weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    """Take a fused convolution apart; `x` are the faces before it, returned are those after."""
    length = weight.flatten(1).norm(dim=1).clamp(min=1e-12)
    along = (weight * unit.identity).flatten(1).sum(dim=1) / length
    # The kernel beside the identity then has the norm at which `Muon` keeps it.
    target = 2 * along.mean() if unit.identity.any() else torch.ones(())
    scale = target.clamp(min=0.1) / length
    unit.kernel.copy_(weight * scale.view(-1, 1, 1, 1) - unit.identity)
    plain = functional.conv2d(x, weight, stride=unit.stride, padding=1)
    mean, variance = plain.mean(dim=(0, 2, 3)), plain.var(dim=(0, 2, 3))
    norm = unit.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.copy_(mean * scale)
    norm.running_var.copy_(variance * scale**2)
    norm.weight.copy_((norm.running_var + norm.eps).sqrt() / scale)
    norm.bias.copy_(mean + bias)
    return functional.relu(plain + bias.view(-1, 1, 1))
