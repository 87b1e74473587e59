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


def mix_styles(x: Tensor, probability: float, concentration: float = 0.1) -> Tensor:
    """MixStyle (Zhou et al., ICLR 2021): give a face's maps some of another's mean and deviation.

    How a camera and its light colour the channels of early layers is what mean and deviation
    hold; what the face does is in the places.
    """
    if torch.rand(()).item() >= probability:
        return x
    mean = x.mean(dim=(2, 3), keepdim=True)
    deviation = (x.var(dim=(2, 3), keepdim=True) + 1e-6).sqrt()
    mean, deviation = mean.detach(), deviation.detach()
    order = torch.randperm(len(x), device=x.device)
    pairs = torch.full((len(x), 2), concentration)
    share = torch._sample_dirichlet(pairs)[:, 0].view(-1, 1, 1, 1).to(x)
    other_mean = torch.lerp(mean[order], mean, share)
    other_deviation = torch.lerp(deviation[order], deviation, share)
    return (x - mean) / deviation * other_deviation + other_mean


class PlainNet(Network):
    """A stem and stages of 3x3 convolutions; the first layer of each stage halves the resolution.

    The last map is pooled with learned weights per channel and place, which start as a plain
    average: faces are aligned, so a channel may care for the mouth more than for the forehead.
    """

    def __init__(
        self,
        stem: int,
        widths: tuple[int, ...],
        depths: tuple[int, ...],
        dropout: float,
        mixstyle: float = 0.0,
    ) -> None:
        super().__init__()
        self.mixstyle = mixstyle
        # After the stem and after each stage but the last.
        self.styled = {sum(depths[:stage]) for stage in range(len(depths))}
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
        for number, unit in enumerate(self.units):
            x = unit(x)
            if self.training and number in self.styled:
                x = mix_styles(x, self.mixstyle)
        return (x * self.pool).sum(dim=(2, 3))

    def kernels(self) -> list[nn.Parameter]:
        """Every convolution kernel."""
        return [unit.kernel for unit in self.units if isinstance(unit, ConvUnit)]
