"""The expression network: a plain stack of 3x3 convolutions with two heads.

While training every square layer convolves with ``identity + kernel``, so the stack learns like a
residual network (DiracNets, Zagoruyko & Komodakis, 2017). After training identity, kernel and
batch normalisation fold into one plain 3x3 convolution, as RepVGG does (Ding et al., 2021);
the exported network is convolutions and ReLUs only.
"""

from __future__ import annotations

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional

from training.data import FER2013, FERPLUS, TILE


class Architecture(BaseModel):
    """Widths and depths; the first layer of each stage halves the resolution."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stem: int = 16
    widths: tuple[int, ...] = (40, 96, 192)
    depths: tuple[int, ...] = (2, 3, 3)
    dropout: float = 0.2


class ConvUnit(nn.Module):
    """3x3 convolution, batch normalisation, ReLU; with an identity inside the kernel if square."""

    identity: Tensor

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.stride = stride
        self.kernel = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        nn.init.kaiming_normal_(self.kernel, nonlinearity="relu")
        identity = torch.zeros_like(self.kernel)
        if inputs == outputs and stride == 1:
            nn.init.dirac_(identity)
        self.register_buffer("identity", identity, persistent=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """The activations [N, outputs, H / stride, W / stride]."""
        kernel = self.kernel + self.identity
        x = functional.conv2d(x, kernel, stride=self.stride, padding=1)
        return functional.relu(self.norm(x), inplace=True)

    def fused(self) -> tuple[Tensor, Tensor]:
        """Weight and bias of the one plain convolution that does the same at inference."""
        norm = self.norm
        assert norm.running_mean is not None
        assert norm.running_var is not None
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = (self.kernel + self.identity) * gain.view(-1, 1, 1, 1)
        return weight.detach(), (norm.bias - norm.running_mean * gain).detach()


class EmotionNet(nn.Module):
    """Gray tiles to the logits of two heads.

    The last map is pooled with learned weights per channel and place, which start as a plain
    average: faces are aligned, so a channel may care for the mouth more than for the forehead.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        units = [ConvUnit(1, architecture.stem)]
        width = architecture.stem
        for outputs, depth in zip(architecture.widths, architecture.depths, strict=True):
            for layer in range(depth):
                units.append(ConvUnit(width, outputs, stride=2 if layer == 0 else 1))
                width = outputs
        self.units = nn.ModuleList(units)
        side = TILE // 2 ** len(architecture.widths)
        self.pool = nn.Parameter(torch.full((width, side, side), 1 / side**2))
        self.dropout = nn.Dropout(architecture.dropout)
        self.fer2013 = nn.Linear(width, len(FER2013))
        self.ferplus = nn.Linear(width, len(FERPLUS))

    def conv_units(self) -> list[ConvUnit]:
        """The convolutional layers in order."""
        return [unit for unit in self.units if isinstance(unit, ConvUnit)]

    def head_parameters(self) -> list[nn.Parameter]:
        """Weights and biases of both heads."""
        return [*self.fer2013.parameters(), *self.ferplus.parameters()]

    def embed(self, faces: Tensor) -> Tensor:
        """The embedding [N, D] of tiles [N, 1, 48, 48] in any linear scale of brightness."""
        x = standardise(faces)
        for unit in self.units:
            x = unit(x)
        return (x * self.pool).sum(dim=(2, 3))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, 7] for FER2013 and [N, 8] for FER+."""
        embedding = self.dropout(self.embed(faces))
        return self.fer2013(embedding), self.ferplus(embedding)


def standardise(faces: Tensor) -> Tensor:
    """Give every tile mean 0 and deviation 1: brightness and contrast say nothing of emotion."""
    centred = faces - faces.mean(dim=(2, 3), keepdim=True)
    deviation = centred.square().mean(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + 0.01)


def count_macs(net: EmotionNet) -> int:
    """Multiply-accumulates for one face."""
    side, total = TILE, net.pool.numel()
    for unit in net.conv_units():
        side //= unit.stride
        total += unit.kernel.numel() * side * side
    return total + net.fer2013.weight.numel() + net.ferplus.weight.numel()


def count_parameters(net: EmotionNet) -> int:
    """Parameters of the exported network: each layer fused into one kernel and one bias."""
    layers = sum(unit.kernel.numel() + unit.norm.bias.numel() for unit in net.conv_units())
    heads = sum(parameter.numel() for parameter in net.head_parameters())
    return layers + heads + net.pool.numel()
