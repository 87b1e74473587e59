"""Between the weights of two networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from training.average import averaged, main
from training.data import read_sheet
from training.run import load_net, predict


def test_the_ends_say_what_the_networks_say(tiny_run: Path, sheets: Path) -> None:
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    first, config, _ = load_net(tiny_run)
    second, _, _ = load_net(tiny_run)
    with torch.no_grad():
        for parameter in second.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    start, middle, end = (averaged(first, second, config, s, images) for s in (0.0, 0.5, 1.0))
    for net, wanted in ((start, first), (end, second)):
        np.testing.assert_allclose(net.pool.detach(), wanted.pool.detach(), atol=1e-6)
    halfway = (first.pool + second.pool).detach() / 2
    np.testing.assert_allclose(middle.pool.detach(), halfway, atol=1e-6)
    # What is shown is the second network's business alone.
    assert torch.equal(start.emotion.weight, second.emotion.weight)
    assert torch.equal(start.covered.weight, second.covered.weight)


def test_normalisation_takes_its_statistics_anew(tiny_run: Path, sheets: Path) -> None:
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    net, config, _ = load_net(tiny_run)
    dark = averaged(net, net, config, 0.5, images // 4 + 8)
    mean = dark.units[0].norm.running_mean
    assert not torch.allclose(mean, net.units[0].norm.running_mean, atol=1e-5)
    assert predict(dark, images)[0].shape == (len(images), 7)


def test_the_command_writes_a_run_that_can_be_exported(
    tiny_run: Path, tiny_models: Path, sheets: Path, tmp_path: Path
) -> None:
    model, out = tiny_models / "emotion.onnx", tmp_path / "averaged"
    main(first=model, second=tiny_run, out=out, data=sheets)
    assert load_net(out)[2] == load_net(tiny_run)[2]
    with pytest.raises(SystemExit):
        main(first=model, second=tiny_run, out=out, data=sheets)
