"""A small ResNet for 48x48 tiles: basic blocks as for CIFAR-10 (He et al., 2016, section 4.2)."""

from __future__ import annotations

from torch import Tensor, nn

from training.networks.base import Network


def _convolution(inputs: int, outputs: int, side: int, stride: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]


class _BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where shapes change."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            *_convolution(inputs, outputs, 3, stride),
            nn.ReLU(),
            *_convolution(outputs, outputs, 3, 1),
        )
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Sequential(*_convolution(inputs, outputs, 1, stride) if changes else [])
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Maps of 1 / stride of the resolution."""
        activations: Tensor = self.relu(self.path(x) + self.shortcut(x))
        return activations


class ResNet(Network):
    """A 3x3 stem and stages of basic blocks; the first block of each stage halves."""

    def __init__(
        self, stem: int, widths: tuple[int, ...], depths: tuple[int, ...], dropout: float
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [*_convolution(1, stem, 3, 1), nn.ReLU()]
        width = stem
        for outputs, depth in zip(widths, depths, strict=True):
            for block in range(depth):
                layers.append(_BasicBlock(width, outputs, 2 if block == 0 else 1))
                width = outputs
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.add_heads(width, dropout)

    def features(self, x: Tensor) -> Tensor:
        """The averaged maps [N, width] of the last stage."""
        features: Tensor = self.body(x)
        return features
