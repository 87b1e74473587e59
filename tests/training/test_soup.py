"""The mean of networks that began with the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.left_out import left_out_folder, read_left_out, write_people
from training.run import CHECKPOINT, load_net, read_checkpoint
from training.soup import SHARE, main

Capture = pytest.CaptureFixture[str]


def moved(run: Path, folder: Path, by: float, left_out: tuple[str, ...] = ("ann",)) -> Path:
    """A run whose weights are larger by a number, and a network without some people."""
    state = read_checkpoint(run / CHECKPOINT)
    for part, more in ((folder, by), (left_out_folder(folder, 1), 10 * by)):
        part.mkdir(parents=True)
        weights = {
            name: value + more if value.is_floating_point() else value
            for name, value in state["average"].items()
        }
        torch.save({**state, "average": weights}, part / CHECKPOINT)
    write_people(left_out_folder(folder, 1), left_out)
    return folder


def test_weights_are_most_of_the_way_to_the_mean(tiny_run: Path, tmp_path: Path) -> None:
    runs = [moved(tiny_run, tmp_path / str(by), by) for by in (1.0, 3.0)]
    main(start=tiny_run, run=runs, out=tmp_path / "out")
    (other,) = read_left_out(tmp_path / "out")
    assert other.people == {"ann"}
    before = load_net(tiny_run)[0].state_dict()
    for net, by in ((load_net(tmp_path / "out")[0], 2), (other.net, 20)):
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                torch.testing.assert_close(value, before[name] + SHARE * by)


def test_runs_must_have_left_out_the_same_people(
    tiny_run: Path, tmp_path: Path, capsys: Capture
) -> None:
    runs = [moved(tiny_run, tmp_path / name, 1.0, (name,)) for name in ("ann", "ben")]
    with pytest.raises(SystemExit) as stop:
        main(start=tiny_run, run=runs, out=tmp_path / "out")
    assert stop.value.code == 2
    assert "the same people" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
