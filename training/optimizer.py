"""Optimisers of the training run.

`Muon` (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) turns every update of a
convolution kernel into an orthogonal matrix and reaches the same loss in fewer epochs than SGD,
which matters on a CPU. Because batch normalisation follows each kernel, only the direction of a
kernel matters. Its norm is kept fixed, so the learning rate is the relative change per step and no
weight decay is needed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from training.networks import Network


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """Approximately the nearest semi-orthogonal matrix, by Newton-Schulz iteration.

    Every step multiplies from the left by a polynomial of the Gram matrix, so the steps are
    accumulated in that small square matrix and the matrix itself is multiplied only once.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    gram = x @ x.T
    unit = torch.eye(len(gram), device=gram.device, dtype=gram.dtype)
    product = unit
    for _ in range(steps):
        factor = a * unit + b * gram + c * gram @ gram
        product = factor @ product
        gram = factor @ gram @ factor
    result: Tensor = product @ x
    return result.T if tall else result


class Muon(Optimizer):
    """Orthogonalised Nesterov momentum for convolution kernels of fixed norm."""

    def __init__(self, kernels: list[nn.Parameter], lr: float, momentum: float) -> None:
        super().__init__(kernels, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every kernel that has a gradient."""
        for group in self.param_groups:
            for kernel in group["params"]:
                if kernel.grad is None:
                    continue
                state = self.state[kernel]
                if not state:
                    state["momentum"] = torch.zeros_like(kernel)
                buffer = state["momentum"]
                buffer.mul_(group["momentum"]).add_(kernel.grad)
                slope = kernel.grad.add(buffer, alpha=group["momentum"])
                update = orthogonalised(slope.flatten(1)).view_as(kernel)
                norm = kernel.shape[0] ** 0.5
                update *= norm / update.norm().clamp(min=1e-7)
                kernel.sub_(update, alpha=group["lr"])
                kernel.mul_(norm / kernel.norm().clamp(min=1e-7))


def make_optimizers(
    net: Network, name: str, lr: float, kernel_lr: float, momentum: float, weight_decay: float
) -> list[Optimizer]:
    """SGD with Nesterov momentum for everything, or Muon for the kernels and SGD for the rest.

    Weight decay applies to matrices only, not to the learned pooling or to normalisation.
    """
    kernels = net.kernels()
    heads = [parameter for parameter in net.head_parameters() if parameter.dim() == 2]
    chosen = {id(p) for p in kernels + heads}
    others = [p for p in net.parameters() if id(p) not in chosen]
    decayed = heads if name == "muon" else heads + kernels
    groups = [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    optimizers: list[Optimizer] = [SGD(groups, lr=lr, momentum=momentum, nesterov=True)]
    if name == "muon":
        optimizers.append(Muon(kernels, lr=kernel_lr, momentum=momentum))
    return optimizers
