"""A widened network answers as the narrow one did, and then learns with all of its channels."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from training.errors import CheckpointError
from training.networks import Architecture, Network, make_network
from training.optimizer import make_optimizers
from training.widen import widened

NARROW = Architecture(stem=4, widths=(8, 12, 16), depths=(2, 2, 2))
WIDE = Architecture(stem=4, widths=(10, 16, 24), depths=(2, 2, 2))


def network(architecture: Architecture, seed: int) -> Network:
    torch.manual_seed(seed)
    net = make_network(architecture)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net


def trained(faces: torch.Tensor) -> Network:
    """A narrow network whose normalisation has seen faces."""
    net = network(NARROW, 0).train()
    for _ in range(3):
        net(faces)
    return net.eval()


@pytest.fixture
def faces() -> torch.Tensor:
    return torch.rand(6, 1, 48, 48, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def pair(faces: torch.Tensor) -> tuple[Network, Network]:
    narrow, wide = trained(faces), network(WIDE, 2)
    wide.load_state_dict(widened(narrow.state_dict(), wide.state_dict()))
    return narrow, wide.eval()


def test_it_answers_as_the_narrow_network(
    pair: tuple[Network, Network], faces: torch.Tensor
) -> None:
    narrow, wide = pair
    for before, after in zip(narrow(faces), wide(faces), strict=True):
        torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


def test_one_step_of_the_optimiser_reaches_the_new_channels(
    pair: tuple[Network, Network], faces: torch.Tensor
) -> None:
    wide = pair[1].train()
    optimizers = make_optimizers(wide, "muon", 0.1, 0.01, momentum=0.9, weight_decay=0)
    heads = wide(faces)
    nn.functional.cross_entropy(heads[0], torch.arange(6)).backward()  # type: ignore[no-untyped-call]
    for optimizer in optimizers:
        optimizer.step()
    assert wide.fer2013.weight[:, NARROW.widths[-1] :].abs().min() > 0


def test_the_new_kernels_are_as_long_as_the_old_ones(pair: tuple[Network, Network]) -> None:
    narrow, wide = pair
    for old, new in zip(narrow.kernels(), wide.kernels(), strict=True):
        per_channel = [k.norm().item() / len(k) ** 0.5 for k in (old, new)]
        assert per_channel[1] == pytest.approx(per_channel[0], rel=1e-4)


def test_the_same_width_changes_nothing(faces: torch.Tensor) -> None:
    narrow = trained(faces)
    same = widened(narrow.state_dict(), network(NARROW, 3).state_dict())
    for name, value in narrow.state_dict().items():
        assert torch.equal(same[name], value), name


@pytest.mark.parametrize(
    "other",
    [
        Architecture(stem=4, widths=(8, 12, 12), depths=(2, 2, 2)),
        Architecture(stem=4, widths=(8, 12, 16), depths=(2, 2, 3)),
        Architecture(name="mini_xception", stem=4, widths=(8, 8, 8, 8)),
    ],
    ids=["narrower", "deeper", "another kind"],
)
def test_another_shape_is_refused(other: Architecture) -> None:
    with pytest.raises(CheckpointError, match="another architecture"):
        widened(network(NARROW, 0).state_dict(), network(other, 0).state_dict())
