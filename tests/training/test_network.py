from __future__ import annotations

import pytest
import torch

from training.network import (
    Architecture,
    ConvUnit,
    EmotionNet,
    count_macs,
    count_parameters,
    standardise,
)


@pytest.mark.parametrize(("inputs", "outputs", "stride"), [(6, 6, 1), (6, 6, 2), (4, 8, 1)])
def test_a_fused_layer_does_the_same(inputs: int, outputs: int, stride: int) -> None:
    torch.manual_seed(0)
    unit = ConvUnit(inputs, outputs, stride)
    x = torch.randn(32, inputs, 12, 12)
    for _ in range(20):
        unit(x * 2 + 1)
    unit.eval()
    weight, bias = unit.fused()
    plain = torch.nn.functional.conv2d(x, weight, bias, stride=stride, padding=1).relu()
    torch.testing.assert_close(plain, unit(x), atol=1e-4, rtol=1e-4)


def test_only_square_layers_carry_an_identity() -> None:
    assert ConvUnit(6, 6).identity.sum() == 6
    assert ConvUnit(6, 6, stride=2).identity.sum() == 0
    assert ConvUnit(4, 6).identity.sum() == 0


def test_brightness_and_contrast_do_not_matter() -> None:
    torch.manual_seed(0)
    net = EmotionNet(Architecture()).eval()
    faces = torch.rand(4, 1, 48, 48)
    for plain, changed in zip(net(faces), net(faces * 0.6 + 0.2), strict=True):
        torch.testing.assert_close(plain, changed, atol=0.02, rtol=0.1)


def test_a_blank_tile_stays_finite() -> None:
    assert standardise(torch.full((1, 1, 48, 48), 0.7)).abs().max() < 1e-3


def test_the_shipped_architecture_keeps_its_budget() -> None:
    net = EmotionNet(Architecture()).eval()
    assert count_parameters(net) <= 2_000_000
    assert count_macs(net) <= 92_000_000
    assert [tuple(head.shape) for head in net(torch.rand(2, 1, 48, 48))] == [(2, 7), (2, 8)]
