"""A MobileNetV2-style network for 48x48 tiles (Sandler et al., 2018).

Inverted residuals with an expansion of 6 as published; the strides are not: ImageNet's five
halvings would leave 2x2 of a tile. Here the stem halves, and the first block of each stage but
the first one.
"""

from __future__ import annotations

from torch import Tensor, nn

from training.networks.base import Network

EXPANSION = 6


def _layer(inputs: int, outputs: int, side: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(),
    )


class _InvertedResidual(nn.Module):
    """Expand by a 1x1 convolution, filter each channel by a 3x3, project back linearly."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        inner = inputs * EXPANSION
        self.residual = stride == 1 and inputs == outputs
        self.path = nn.Sequential(
            _layer(inputs, inner, 1),
            _layer(inner, inner, 3, stride, groups=inner),
            nn.Conv2d(inner, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Maps of 1 / stride of the resolution."""
        path: Tensor = self.path(x)
        return x + path if self.residual else path


class MobileNet(Network):
    """A 3x3 stem, stages of inverted residuals, a last 1x1 convolution four times as wide."""

    def __init__(
        self, stem: int, widths: tuple[int, ...], depths: tuple[int, ...], dropout: float
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [_layer(1, stem, 3, stride=2)]
        width = stem
        for stage, (outputs, depth) in enumerate(zip(widths, depths, strict=True)):
            for block in range(depth):
                stride = 2 if stage > 0 and block == 0 else 1
                layers.append(_InvertedResidual(width, outputs, stride))
                width = outputs
        layers += [_layer(width, 4 * width, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        self.body = nn.Sequential(*layers)
        self.add_heads(4 * width, dropout)

    def features(self, x: Tensor) -> Tensor:
        """The averaged maps of the last layer."""
        features: Tensor = self.body(x)
        return features
