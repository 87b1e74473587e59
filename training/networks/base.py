"""What every network shares: standardised input, an embedding, linear heads."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.data import FER2013, FERPLUS, TILE

# The bell of `face_weights`, in parts of the tile: across, down.
_MIDDLE = (0.5, 0.58)
_SPREAD = (0.22, 0.28)
# How much larger the second view shows a face.
_ZOOM = 1.12


class Logits(NamedTuple):
    """What the heads say of N faces.

    Attributes:
        fer2013: [N, 7], the label of FER2013.
        ferplus: [N, 8], the votes of FER+.
        emotion: [N, 7], what the application shows, see `training.shown`.
        covered: [N, 1], whether the mouth is covered.
    """

    fer2013: Tensor
    ferplus: Tensor
    emotion: Tensor
    covered: Tensor


class Network(nn.Module):
    """Gray tiles to the logits of the heads.

    A network implements `features` from modules and functions that `training.graph` can export,
    and calls `add_heads` at the end of its constructor.

    Attributes:
        width: size of the embedding.
        views: 1, or 2 to read each face in `second_view`, too, when it is not being trained.
    """

    width: int
    views: int = 1
    dropout: nn.Dropout
    fer2013: nn.Linear
    ferplus: nn.Linear
    emotion: nn.Linear
    covered: nn.Linear

    def add_heads(self, width: int, dropout: float) -> None:
        """Put dropout and the heads on an embedding of `width` numbers."""
        self.width = width
        self.dropout = nn.Dropout(dropout)
        self.fer2013 = nn.Linear(width, len(FER2013))
        self.ferplus = nn.Linear(width, len(FERPLUS))
        self.emotion = nn.Linear(width, len(FER2013))
        self.covered = nn.Linear(width, 1)

    def heads(self) -> dict[str, nn.Linear]:
        """Every head by its name in `Logits`."""
        return {name: self.get_submodule(name) for name in Logits._fields}  # type: ignore[misc]

    def features(self, x: Tensor) -> Tensor:
        """The embedding [N, width] of standardised tiles [N, 1, 48, 48]."""
        raise NotImplementedError

    def embed(self, faces: Tensor) -> Tensor:
        """The embedding [N, width] of tiles [N, 1, 48, 48] in any linear scale of brightness."""
        x = standardise(faces)
        if self.views == 1 or self.training:
            return self.features(x)
        return (self.features(x) + self.features(second_view(x))) / 2

    def forward(self, faces: Tensor) -> Logits:
        """The logits of tiles [N, 1, 48, 48]."""
        embedding = self.dropout(self.embed(faces))
        return Logits(*(head(embedding) for head in self.heads().values()))

    def kernels(self) -> list[nn.Parameter]:
        """The dense convolution kernels that batch normalisation follows, so that scale is free."""
        return [
            layer.get_parameter("weight")
            for layer in self.modules()
            if isinstance(layer, nn.Conv2d) and layer.groups == 1 and layer.bias is None
        ]

    def head_parameters(self) -> list[nn.Parameter]:
        """Weights and biases of the heads."""
        return [p for head in self.heads().values() for p in head.parameters()]


def face_weights() -> Tensor:
    """How much each pixel [1, 1, 48, 48] counts for brightness and contrast; they sum to 1.

    A bell around the middle of the face, so that a white wall behind it takes no contrast from
    a dark face.
    """
    place = (torch.arange(TILE) + 0.5) / TILE
    across = torch.exp(-0.5 * ((place - _MIDDLE[0]) / _SPREAD[0]) ** 2)
    down = torch.exp(-0.5 * ((place - _MIDDLE[1]) / _SPREAD[1]) ** 2)
    weights = torch.outer(down, across)
    return (weights / weights.sum()).view(1, 1, TILE, TILE)


def standardise(faces: Tensor) -> Tensor:
    """Give every face mean 0 and deviation 1: brightness and contrast say nothing of emotion."""
    weights = face_weights().to(faces)
    centred = faces - (faces * weights).sum(dim=(2, 3), keepdim=True)
    deviation = (centred.square() * weights).sum(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + 0.01)


def zoom_matrix() -> Tensor:
    """Pixels of a zoomed row [48] as weighted means of the row's pixels: [48, 48], bilinear."""
    place = (torch.arange(TILE) + 0.5 - TILE / 2) / _ZOOM + TILE / 2 - 0.5
    return (1 - (place[:, None] - torch.arange(TILE)).abs()).clamp(min=0)


def second_view(x: Tensor) -> Tensor:
    """The mirror images of tiles [N, 1, 48, 48], zoomed in."""
    rows = zoom_matrix().to(x)
    return rows @ x.flip(3) @ rows.T
