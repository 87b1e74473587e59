"""The basic CNN of many emotion projects: four convolutions, three poolings, one dense layer.

Layer for layer the network of https://github.com/atulapra/Emotion-detection (2.3 M parameters),
for which its author reports 63.2 % on FER2013.
"""

from __future__ import annotations

from torch import Tensor, nn

from training.data import TILE
from training.networks.base import Network


class BasicCnn(Network):
    """Unpadded 3x3 convolutions without normalisation, dropout between the stages.

    Args:
        stem: channels of the first convolution.
        widths: channels of the next three, then of the dense layer.
        dropout: before the heads; half of it follows the poolings.
    """

    def __init__(self, stem: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        second, third, fourth, dense = widths
        side = (((TILE - 4) // 2 - 2) // 2 - 2) // 2
        self.stages = nn.Sequential(
            nn.Conv2d(1, stem, 3),
            nn.ReLU(),
            nn.Conv2d(stem, second, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(dropout / 2),
            nn.Conv2d(second, third, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(third, fourth, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(dropout / 2),
            nn.Flatten(),
            nn.Linear(fourth * side * side, dense),
            nn.ReLU(),
        )
        self.add_heads(dense, dropout)

    def features(self, x: Tensor) -> Tensor:
        """The dense layer [N, dense]."""
        features: Tensor = self.stages(x)
        return features
