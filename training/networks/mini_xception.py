"""mini-Xception (Arriaga, Valdenegro-Toro & Ploeger, 2017, https://arxiv.org/abs/1710.07557).

As published, except for one thing: the paper averages maps of the seven classes that a 3x3
convolution makes; here that convolution makes one map for each of the fifteen outputs, and the
two heads are linear in the averages, which adds nothing to what the network can express.
"""

from __future__ import annotations

from torch import Tensor, nn

from training.data import FER2013, FERPLUS
from training.networks.base import Network


class _Block(nn.Module):
    """Two separable convolutions and a pooling beside a strided 1x1 convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), nn.BatchNorm2d(outputs)
        )
        self.path = nn.Sequential(
            *_separable(inputs, outputs),
            nn.ReLU(),
            *_separable(outputs, outputs),
            nn.MaxPool2d(3, stride=2, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Maps of half the resolution."""
        maps: Tensor = self.shortcut(x) + self.path(x)
        return maps


def _separable(inputs: int, outputs: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
    ]


class MiniXception(Network):
    """Two unpadded convolutions of `stem` channels, then one block per width."""

    def __init__(self, stem: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in (1, stem):
            layers += [nn.Conv2d(inputs, stem, 3, bias=False), nn.BatchNorm2d(stem), nn.ReLU()]
        for inputs, outputs in zip((stem, *widths), widths, strict=False):
            layers.append(_Block(inputs, outputs))
        self.body = nn.Sequential(*layers)
        maps = len(FER2013) + len(FERPLUS)
        self.maps = nn.Sequential(
            nn.Conv2d(widths[-1], maps, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.add_heads(maps, dropout)

    def features(self, x: Tensor) -> Tensor:
        """The averaged maps [N, 15]."""
        features: Tensor = self.maps(self.body(x))
        return features
