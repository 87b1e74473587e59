"""A wider network that starts where a narrower one ended (Net2Net, Chen et al., ICLR 2016).

The narrow network's weights are copied. At first its channels get no input from the new ones, so
the wide network gives the same answers. The new channels are initialised like any others, and
training connects them; unlike copied channels, they leave no symmetry to break.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.errors import CheckpointError


def widened(weights: dict[str, Tensor], fresh: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a wide network that gives the same answers as a narrow one.

    Args:
        weights: state of the trained network.
        fresh: state of a new network of the same kind whose layers are as wide or wider.

    Raises:
        CheckpointError: the networks differ in more than width, or the trained one is wider.
    """
    if weights.keys() != fresh.keys():
        raise CheckpointError("the starting weights fit another architecture")
    return {name: _grown(weights[name], fresh[name]) for name in fresh}


def _grown(old: Tensor, fresh: Tensor) -> Tensor:
    if old.dim() != fresh.dim() or any(a > b for a, b in zip(old.shape, fresh.shape, strict=True)):
        raise CheckpointError("the starting weights fit another architecture")
    new = fresh.clone()
    if old.dim() >= 2:
        if old.shape[0] < new.shape[0] and old.dim() == 4:
            _as_long_as(old, new)
        new[: old.shape[0], old.shape[1] :] = 0
    new[tuple(slice(size) for size in old.shape)] = old
    return new


def _as_long_as(old: Tensor, new: Tensor) -> None:
    """Give each new kernel the mean norm of the old ones: the optimiser keeps the total norm."""
    length = old.flatten(1).norm(dim=1).square().mean().sqrt()
    own = new.flatten(1).norm(dim=1).clamp(min=torch.finfo(new.dtype).tiny)
    new *= (length / own).view(-1, 1, 1, 1)
