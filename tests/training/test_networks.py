from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.config import read_config
from training.networks import Architecture, make_network
from training.networks.base import second_view, standardise
from training.networks.cost import cost
from training.networks.mini_xception import MiniXception
from training.networks.plain import ConvUnit, mix_styles

CONFIGS = sorted((Path(__file__).parents[2] / "training" / "configs").glob("*.toml"))


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
    net = make_network(Architecture()).eval()
    faces = torch.rand(4, 1, 48, 48)
    for plain, changed in zip(net(faces), net(faces * 0.6 + 0.2), strict=True):
        torch.testing.assert_close(plain, changed, atol=0.02, rtol=0.1)


def test_a_blank_tile_stays_finite() -> None:
    assert standardise(torch.full((1, 1, 48, 48), 0.7)).abs().max() < 1e-3


def test_the_shipped_architecture_keeps_its_budget() -> None:
    price = cost(make_network(Architecture()))
    assert price.parameters == 1_062_503
    assert price.macs == 70_679_616


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_makes_a_network_with_four_heads(path: Path) -> None:
    net = make_network(read_config(path).architecture).eval()
    heads = net(torch.rand(2, 1, 48, 48))
    assert [tuple(head.shape) for head in heads] == [(2, 7), (2, 8), (2, 7), (2, 1)]
    assert net.embed(torch.rand(2, 1, 48, 48)).shape == (2, net.width)


def test_mini_xception_is_the_published_one() -> None:
    """56,951 trained parameters in Keras, 8,071 of them in the maps of its seven classes."""
    net = MiniXception(8, (16, 32, 64, 128), dropout=0.0)
    assert sum(p.numel() for p in net.body.parameters()) == 56_951 - 8_071


def test_the_basic_cnn_is_the_published_one() -> None:
    """2,345,607 parameters in Keras, 7,175 of them in its head of seven classes."""
    net = make_network(Architecture(name="basic_cnn", stem=32, widths=(64, 128, 128, 1024)))
    assert sum(p.numel() for p in net.stages.parameters()) == 2_345_607 - 7_175


def test_muon_gets_only_kernels_that_normalisation_follows() -> None:
    net = MiniXception(8, (16, 32, 64, 128), dropout=0.0)
    shapes = {tuple(kernel.shape) for kernel in net.kernels()}
    assert (16, 1, 3, 3) not in shapes  # depthwise
    assert (15, 128, 3, 3) not in shapes  # the maps that are averaged
    assert (8, 1, 3, 3) in shapes


def test_a_wall_behind_a_dark_face_takes_little_of_its_contrast() -> None:
    dark = torch.full((1, 1, 48, 48), 0.2)
    dark[..., 26:30, 16:32] = 0.3  # a mouth
    wall = dark.clone()
    wall[..., :, :6] = wall[..., :, 42:] = 1.0

    def contrast(faces: torch.Tensor) -> float:
        standard = standardise(faces)
        return float(standard[0, 0, 28, 24] - standard[0, 0, 20, 24])

    def by_the_whole_tile(faces: torch.Tensor) -> float:
        return float(0.1 / (faces.std() + 0.01))

    assert contrast(wall) > 1.5 * by_the_whole_tile(wall)
    assert contrast(wall) > 0.15 * contrast(dark)


def test_mixing_styles_changes_training_only() -> None:
    torch.manual_seed(0)
    net = make_network(Architecture(dropout=0.0, mixstyle=1.0))
    faces = torch.rand(8, 1, 48, 48)
    assert not torch.equal(net.train().embed(faces), net.train().embed(faces))
    assert torch.equal(net.eval().embed(faces), net.eval().embed(faces))


def test_a_second_view_is_mirrored_and_larger() -> None:
    face = torch.zeros(1, 1, 48, 48)
    face[..., 20:28, 30:40] = 1
    seen = second_view(face)[0, 0]
    down, across = (seen.sum(dim=axis) > 1 for axis in (1, 0))
    assert down.nonzero().flatten().tolist() == list(range(19, 29))
    assert across.nonzero().flatten().tolist() == list(range(6, 18))
    assert seen.sum() == pytest.approx(1.12**2 * 80, rel=0.02)


def test_two_views_cost_as_much_again_and_no_parameter() -> None:
    one, two = (make_network(Architecture(views=views)) for views in (1, 2))
    assert cost(two).parameters == cost(one).parameters
    heads = sum(head.weight.numel() for head in one.heads().values())
    assert cost(two).macs == 2 * cost(one).macs - heads


def test_training_sees_one_view() -> None:
    net = make_network(Architecture(dropout=0.0, views=2))
    faces = torch.rand(8, 1, 48, 48)
    net.train()
    torch.testing.assert_close(net.embed(faces), net.features(standardise(faces)))
    net.eval()
    views = net.features(standardise(faces)), net.features(second_view(standardise(faces)))
    torch.testing.assert_close(net.embed(faces), (views[0] + views[1]) / 2)


def test_mixed_maps_keep_their_pattern() -> None:
    torch.manual_seed(0)
    x = torch.randn(6, 3, 8, 8)
    mixed = mix_styles(x, probability=1.0)

    def pattern(maps: torch.Tensor) -> torch.Tensor:
        return (maps - maps.mean(dim=(2, 3), keepdim=True)) / maps.std(dim=(2, 3), keepdim=True)

    torch.testing.assert_close(pattern(mixed), pattern(x), atol=1e-3, rtol=1e-3)
    assert not torch.allclose(mixed.mean(dim=(2, 3)), x.mean(dim=(2, 3)))
    assert mix_styles(x, probability=0.0) is x
