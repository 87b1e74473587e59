from __future__ import annotations

import pytest
import torch

from training.networks import Architecture, make_network
from training.optimizer import Muon, make_optimizers, orthogonalised


@pytest.mark.parametrize("shape", [(16, 40), (40, 16), (8, 8)])
def test_updates_are_nearly_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(shape)))
    assert values.max() < 1.4
    assert values.min() > 0.3


def test_kernels_keep_their_norm() -> None:
    torch.manual_seed(0)
    kernel = torch.nn.Parameter(torch.randn(9, 4, 3, 3))
    optimizer = Muon([kernel], lr=0.1, momentum=0.9)
    before = kernel.detach().clone()
    kernel.grad = torch.randn_like(kernel)
    optimizer.step()
    assert kernel.norm().item() == pytest.approx(3.0, rel=1e-4)
    assert not torch.equal(before, kernel)


@pytest.mark.parametrize("name", ["muon", "sgd"])
def test_every_parameter_is_trained_once(name: str) -> None:
    net = make_network(Architecture(stem=4, widths=(8, 8, 8), depths=(1, 1, 1)))
    optimizers = make_optimizers(net, name, lr=0.1, kernel_lr=0.1, momentum=0.9, weight_decay=1e-4)
    trained = [p for o in optimizers for group in o.param_groups for p in group["params"]]
    assert sorted(map(id, trained)) == sorted(map(id, net.parameters()))
