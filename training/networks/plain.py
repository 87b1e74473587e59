"""Our network: a plain stack of 3x3 convolutions.

While training every square layer convolves with ``identity + kernel``, so the stack learns like a
residual network (DiracNets, Zagoruyko & Komodakis, 2017). After training identity, kernel and
batch normalisation fold into one plain 3x3 convolution, as RepVGG does (Ding et al., 2021);
the exported network is convolutions and ReLUs only.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.data import TILE
from training.networks.base import Network


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


class PlainNet(Network):
    """A stem and stages of 3x3 convolutions; the first layer of each stage halves the resolution.

    The last map is pooled with learned weights per channel and place, which start as a plain
    average: faces are aligned, so a channel may care for the mouth more than for the forehead.
    """

    def __init__(
        self, stem: int, widths: tuple[int, ...], depths: tuple[int, ...], dropout: float
    ) -> None:
        super().__init__()
        units = [ConvUnit(1, stem)]
        width = stem
        for outputs, depth in zip(widths, depths, strict=True):
            for layer in range(depth):
                units.append(ConvUnit(width, outputs, stride=2 if layer == 0 else 1))
                width = outputs
        self.units = nn.ModuleList(units)
        side = TILE // 2 ** len(widths)
        self.pool = nn.Parameter(torch.full((width, side, side), 1 / side**2))
        self.add_heads(width, dropout)

    def features(self, x: Tensor) -> Tensor:
        """The pooled maps [N, width] of the last stage."""
        for unit in self.units:
            x = unit(x)
        return (x * self.pool).sum(dim=(2, 3))

    def kernels(self) -> list[nn.Parameter]:
        """Every convolution kernel."""
        return [unit.kernel for unit in self.units if isinstance(unit, ConvUnit)]
