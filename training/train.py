"""Train the network: ``python -m training.train --config training/configs/student.toml``.

A run is one folder: ``config.json`` (what was asked for), ``checkpoint.pt`` (rewritten after every
epoch) and ``log.jsonl`` (one line per epoch). The final weights count, averaged over the steps
(EMA); no epoch is picked by its validation score. In several processes:
``torchrun --nproc-per-node 2 -m training.train --config ...``.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from training.config import Config, data_folder, read_config
from training.data import NEUTRAL, Tiles, read_sheet
from training.errors import TrainingError, one_line_errors
from training.metrics import accuracy, ferplus_majority, operating_point
from training.networks import Network
from training.parallel import join
from training.run import CHECKPOINT, Run, predict

LOG = "log.jsonl"
console = Console(stderr=True)


def score(net: Network, tiles: Tiles) -> dict[str, float]:
    """The three figures to watch while training, in percent."""
    fer2013, ferplus, shown, _ = predict(net, tiles.images)
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = majority >= 0
    odds = np.exp(shown - shown.max(axis=1, keepdims=True))
    point = operating_point(odds, majority, NEUTRAL)
    return {
        "fer2013": 100 * accuracy(fer2013.argmax(axis=1), tiles.labels),
        "ferplus": 100 * accuracy(ferplus.argmax(axis=1)[kept], majority[kept]),
        "six": 100 * point.mean_recall,
    }


def prepare(run: Run, out: Path, resume: bool) -> None:
    """Lay out the folder of a fresh run, or take up the interrupted one that is there."""
    if resume:
        run.load(out)
        return
    if (out / CHECKPOINT).exists():
        raise TrainingError(f"{out}: holds a run already; add --resume or choose another --out")
    if run.workers.leads:
        out.mkdir(parents=True, exist_ok=True)
        content = run.config.model_dump_json(indent=2) + "\n"
        (out / "config.json").write_text(content, encoding="utf-8")


def carry_out(run: Run, out: Path, validation: Tiles) -> None:
    """Train the epochs that remain, with a checkpoint and a line of the log after each."""
    epochs = range(run.epoch, run.config.epochs)
    quiet = not (run.workers.leads and console.is_terminal)
    for _ in track(epochs, "epochs", console=console, disable=quiet):
        if run.finished:
            break
        start = time.monotonic()
        loss = run.train_epoch()
        figures = score(run.averaged_net(), validation)
        run.schedule.epoch_ended(figures["fer2013"] + figures["ferplus"])
        if run.workers.leads:
            run.save(out)
            line = {"epoch": run.epoch, "loss": loss, **figures}
            report(out, run.config, {**line, "seconds": time.monotonic() - start})


def report(out: Path, config: Config, line: dict[str, float]) -> None:
    """One line of the log, for programs and for people."""
    with (out / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps({key: round(value, 4) for key, value in line.items()}) + "\n")
    console.print(
        f"epoch {line['epoch']}/{config.epochs} loss {line['loss']:.4f} "
        f"fer2013 {line['fer2013']:.2f} ferplus {line['ferplus']:.2f} six {line['six']:.2f} "
        f"{line['seconds']:.1f} s"
    )


def read_both_sheets(data: Path | None) -> tuple[Tiles, Tiles]:
    """The training images and PublicTest."""
    folder = data or data_folder()
    train = read_sheet(folder / "train.png", folder / "train.csv")
    return train, read_sheet(folder / "public_test.png", folder / "public_test.csv")


@one_line_errors
def main(
    config: Annotated[Path, typer.Option(help="TOML file of the run.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = Path("runs/student"),
    resume: Annotated[bool, typer.Option(help="Continue from the last checkpoint.")] = False,
    seed: Annotated[int | None, typer.Option(help="Instead of the seed in the file.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Train an expression network."""
    settings = read_config(config, seed)
    if settings.distillation is not None:
        raise TrainingError(f"{config}: has a [distillation] table; use python -m training.distill")
    train, validation = read_both_sheets(data)
    workers = join()
    run = Run(settings, train, workers)
    prepare(run, out, resume)
    carry_out(run, out, validation)
    workers.leave()


if __name__ == "__main__":
    typer.run(main)
