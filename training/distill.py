"""Teach a student: ``python -m training.distill --config C --teacher runs/big --teacher x.onnx``.

The student learns from the labels and from the mean answer of its teachers to the same augmented
faces (Hinton et al., 2015; Beyer et al., 2022). With a teacher of its own architecture, with or
without ``--start`` from that teacher's weights, this is born-again training (Furlanello et al.,
2018). Folders and resuming work as in `training.train`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.config import Config, read_config
from training.data import Tiles
from training.errors import TrainingError, one_line_errors
from training.parallel import Workers, join
from training.restore import restore
from training.run import CHECKPOINT, Run, read_checkpoint
from training.teacher import Teacher, cached_soft_labels
from training.train import carry_out, prepare, read_both_sheets

SOFT_LABELS = "soft_labels.npz"
# A restored network takes its statistics from so many faces.
STATISTICS = 2000


def student_run(
    config: Config, tiles: Tiles, workers: Workers, teachers: list[Path], out: Path
) -> Run:
    """A run that learns from these teachers as its configuration says."""
    how = config.distillation
    if how is None:
        raise TrainingError("the configuration has no [distillation] table; use training.train")
    if how.view == "same":
        return Run(config, tiles, workers, teacher=Teacher(teachers, workers.device))
    if workers.count > 1 and not (out / SOFT_LABELS).is_file():
        raise TrainingError(f"{out / SOFT_LABELS}: not there; begin this run in one process")
    out.mkdir(parents=True, exist_ok=True)
    soft = cached_soft_labels(teachers, tiles.images, out / SOFT_LABELS)
    return Run(config, tiles, workers, soft_labels=soft)


@one_line_errors
def main(
    config: Annotated[Path, typer.Option(help="TOML file of the run.")],
    teacher: Annotated[list[Path], typer.Option(help="Run folder or ONNX model; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = Path("runs/distilled"),
    start: Annotated[
        Path | None, typer.Option(help="Run, or ONNX model, whose weights to start from.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Continue from the last checkpoint.")] = False,
    seed: Annotated[int | None, typer.Option(help="Instead of the seed in the file.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Train a student network from labels and teachers."""
    settings = read_config(config, seed)
    train, validation = read_both_sheets(data)
    workers = join()
    run = student_run(settings, train, workers, teacher, out)
    if start is not None and start.suffix == ".onnx":
        restore(start, run.net, train.images[:STATISTICS])
        run.start_from(run.net.state_dict())
    elif start is not None:
        run.start_from(read_checkpoint(start / CHECKPOINT)["average"])
    prepare(run, out, resume)
    carry_out(run, out, validation)
    workers.leave()


if __name__ == "__main__":
    typer.run(main)
