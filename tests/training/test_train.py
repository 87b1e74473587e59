from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.conftest import TINY
from training.config import Config, read_config
from training.data import Tiles, read_sheet
from training.metrics import accuracy
from training.networks import Architecture
from training.run import CHECKPOINT, Run, predict, read_checkpoint
from training.train import LOG, main


def weights(folder: Path) -> dict[str, torch.Tensor]:
    state = read_checkpoint(folder / CHECKPOINT)
    assert state["epoch"] == 3
    return {**state["net"], **{f"average.{k}": v for k, v in state["average"].items()}}


def test_a_run_leaves_its_configuration_checkpoint_and_log(tiny_run: Path) -> None:
    assert json.loads((tiny_run / "config.json").read_text())["epochs"] == 3
    lines = [json.loads(line) for line in (tiny_run / LOG).read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert lines[2]["loss"] < lines[0]["loss"]
    assert not list(tiny_run.glob("*.part"))


def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    tiny_run: Path, tiny_config: Path, sheets: Path, tmp_path: Path
) -> None:
    tiles = read_sheet(sheets / "train.png", sheets / "train.csv")
    begun = Run(read_config(tiny_config), tiles)
    begun.train_epoch()
    begun.save(tmp_path)
    main(config=tiny_config, out=tmp_path, data=sheets, resume=True)
    found = weights(tmp_path)
    for name, wanted in weights(tiny_run).items():
        assert torch.equal(found[name], wanted), name


def test_the_seed_decides_the_run(tiny_config: Path, sheets: Path) -> None:
    tiles = read_sheet(sheets / "train.png", sheets / "train.csv")
    config = read_config(tiny_config)
    losses = [
        Run(config.model_copy(update={"seed": seed}), tiles).train_epoch() for seed in (1, 1, 2)
    ]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


@pytest.mark.parametrize("trouble", ["absent", "empty", "cut", "other"])
def test_resuming_from_a_bad_checkpoint_is_one_line(
    tiny_run: Path,
    tiny_config: Path,
    sheets: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    trouble: str,
) -> None:
    checkpoint = tmp_path / CHECKPOINT
    config = tiny_config
    if trouble != "absent":
        shutil.copy(tiny_run / CHECKPOINT, checkpoint)
    if trouble == "empty":
        checkpoint.write_bytes(b"")
    elif trouble == "cut":
        checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    elif trouble == "other":
        config = tmp_path / "other.toml"
        config.write_text("epochs = 7\nbatch = 16\n")
    with pytest.raises(SystemExit) as stop:
        main(config=config, out=tmp_path, data=sheets, resume=True)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_finished_run_is_not_overwritten(
    tiny_run: Path, tiny_config: Path, sheets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(config=tiny_config, out=tiny_run, data=sheets)
    assert "--resume" in capsys.readouterr().err


def test_bad_surroundings_are_one_line(
    tiny_config: Path, sheets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for out, data in ((blocked / "run", sheets), (tmp_path / "run", tmp_path / "nowhere")):
        with pytest.raises(SystemExit) as stop:
            main(config=tiny_config, out=out, data=data)
        assert stop.value.code == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1


def test_too_few_tiles_for_a_batch(
    sheets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "wide.toml"
    config.write_text("epochs = 1\nbatch = 100\n")
    with pytest.raises(SystemExit):
        main(config=config, out=tmp_path / "run", data=sheets)
    assert "do not fill one batch" in capsys.readouterr().err


def test_real_faces_lower_the_loss_and_beat_chance(fer2013: Path) -> None:
    """A smoke training: three classes of a few hundred real tiles, by both optimisers."""
    tiles = read_sheet(fer2013 / "public_test.png", fer2013 / "public_test.csv")
    rng = np.random.default_rng(0)
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(tiles.labels == label))[:220] for label in (3, 5, 6)]
    )
    chosen = rng.permutation(chosen)
    train, held_out = tiles.take(chosen[:500]), tiles.take(chosen[500:])
    for optimizer in ("muon", "sgd"):
        losses, share = smoke(optimizer, train, held_out)
        assert np.mean(losses[-2:]) < losses[0] - 0.2
        assert share > 0.45  # chance is a third


def smoke(optimizer: str, train: Tiles, held_out: Tiles) -> tuple[list[float], float]:
    config = Config(
        epochs=8,
        batch=50,
        threads=1,
        optimizer=optimizer,  # type: ignore[arg-type]
        kernel_lr=0.05,
        ema_decay=0.9,
        architecture=Architecture(stem=8, widths=(16, 24, 32), depths=(1, 2, 1)),
    )
    run = Run(config, train)
    losses = [run.train_epoch() for _ in range(config.epochs)]
    called = predict(run.averaged_net(), held_out.images)[0].argmax(axis=1)
    return losses, accuracy(called, held_out.labels)


def test_early_stopping_ends_a_run_that_learns_nothing(sheets: Path, tmp_path: Path) -> None:
    config = tmp_path / "still.toml"
    config.write_text(
        TINY.replace("epochs = 3", "epochs = 9\nearly_stopping = 2\nlr = 1e-9").replace(
            "kernel_lr = 0.1", "kernel_lr = 1e-9"
        )
    )
    main(config=config, out=tmp_path / "run", data=sheets)
    assert len((tmp_path / "run" / LOG).read_text().splitlines()) == 3
    main(config=config, out=tmp_path / "run", data=sheets, resume=True)
    assert read_checkpoint(tmp_path / "run" / CHECKPOINT)["epoch"] == 3  # it stays stopped


def test_a_plateau_is_remembered_by_a_resumed_run(sheets: Path, tmp_path: Path) -> None:
    config = tmp_path / "plateau.toml"
    config.write_text(TINY.replace("epochs = 3", "epochs = 5\nschedule = 'plateau'\npatience = 1"))
    tiles = read_sheet(sheets / "train.png", sheets / "train.csv")
    begun = Run(read_config(config), tiles)
    for score in (2.0, 1.0):
        begun.train_epoch()
        begun.schedule.epoch_ended(score)
    begun.save(tmp_path)
    resumed = Run(read_config(config), tiles)
    resumed.load(tmp_path)
    assert begun.train_epoch() == resumed.train_epoch()
    assert begun.schedule.factor(99) == resumed.schedule.factor(99) < 1


def test_a_seed_on_the_command_line_replaces_the_one_in_the_file(
    tiny_config: Path, sheets: Path, tmp_path: Path
) -> None:
    main(config=tiny_config, out=tmp_path / "run", data=sheets, seed=11)
    assert json.loads((tmp_path / "run" / "config.json").read_text())["seed"] == 11
