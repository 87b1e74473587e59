"""What every network shares: standardised input, an embedding, two linear heads."""

from __future__ import annotations

from torch import Tensor, nn

from training.data import FER2013, FERPLUS


class Network(nn.Module):
    """Gray tiles to the logits of two heads.

    A network implements `features` from modules and functions that `training.graph` can export,
    and calls `add_heads` at the end of its constructor.
    """

    width: int
    dropout: nn.Dropout
    fer2013: nn.Linear
    ferplus: nn.Linear

    def add_heads(self, width: int, dropout: float) -> None:
        """Put dropout and both heads on an embedding of `width` numbers."""
        self.width = width
        self.dropout = nn.Dropout(dropout)
        self.fer2013 = nn.Linear(width, len(FER2013))
        self.ferplus = nn.Linear(width, len(FERPLUS))

    def features(self, x: Tensor) -> Tensor:
        """The embedding [N, width] of standardised tiles [N, 1, 48, 48]."""
        raise NotImplementedError

    def embed(self, faces: Tensor) -> Tensor:
        """The embedding [N, width] of tiles [N, 1, 48, 48] in any linear scale of brightness."""
        return self.features(standardise(faces))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, 7] for FER2013 and [N, 8] for FER+."""
        embedding = self.dropout(self.embed(faces))
        return self.fer2013(embedding), self.ferplus(embedding)

    def kernels(self) -> list[nn.Parameter]:
        """The dense convolution kernels that batch normalisation follows, so that scale is free."""
        return [
            layer.get_parameter("weight")
            for layer in self.modules()
            if isinstance(layer, nn.Conv2d) and layer.groups == 1 and layer.bias is None
        ]

    def head_parameters(self) -> list[nn.Parameter]:
        """Weights and biases of both heads."""
        return [*self.fer2013.parameters(), *self.ferplus.parameters()]


def standardise(faces: Tensor) -> Tensor:
    """Give every tile mean 0 and deviation 1: brightness and contrast say nothing of emotion."""
    centred = faces - faces.mean(dim=(2, 3), keepdim=True)
    deviation = centred.square().mean(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + 0.01)
