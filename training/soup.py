"""Average the weights of adapted networks: ``python -m training.soup --start A --run B --run C``.

Networks that started from the same weights and were trained differently can be averaged, and the
mean is often better than any of them (Wortsman et al., "Model soups", ICML 2022). The result moves
`SHARE` of the way from the common start to that mean (Wortsman et al., "Robust fine-tuning", CVPR
2022). The networks that have not seen some of the people are averaged in the same way, so that they
still show what to expect of the mean for people it has never seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor

from overlay.host.atomic_file import atomic_write
from training.errors import TrainingError, one_line_errors
from training.left_out import LeftOut, read_left_out, write_people
from training.run import CHECKPOINT, read_checkpoint

#: How far to go, chosen by people left out: with 0.5 fewer smiles are found, with 1 labels and
#: votes are predicted less well.
SHARE = 0.75

Weights = dict[str, Tensor]


def mixed(start: Weights, others: list[Weights]) -> Weights:
    """The weights `SHARE` of the way from `start` to the mean of the others."""
    result = {}
    for name, value in start.items():
        mean = torch.stack([other[name].float() for other in others]).mean(dim=0)
        result[name] = torch.lerp(value, mean, SHARE) if value.is_floating_point() else value
    return result


def _mix(start: Path, runs: list[Path], out: Path) -> None:
    """Write the mean of runs; everything but the weights is as in the first."""
    states = [read_checkpoint(run / CHECKPOINT) for run in runs]
    before = read_checkpoint(start / CHECKPOINT)["average"]
    weights = mixed(before, [state["average"] for state in states])
    out.mkdir(parents=True, exist_ok=True)
    with atomic_write(out / CHECKPOINT) as file:
        torch.save({**states[0], "net": weights, "average": weights}, file)


def _same_people(parts: list[list[LeftOut]]) -> bool:
    return len({tuple(each.people for each in left_out) for left_out in parts}) == 1


@one_line_errors
def main(
    start: Annotated[Path, typer.Option(help="Run that all others started from.")],
    run: Annotated[list[Path], typer.Option(help="Run of training.adapt; give several.")],
    out: Annotated[Path, typer.Option(help="Folder of the mean.")],
) -> None:
    """Average networks that began with the same weights, and those without some of the people."""
    parts = [read_left_out(each) for each in run]
    if not _same_people(parts):
        raise TrainingError(f"{run[0]}: the runs did not leave out the same people; same --seed?")
    for same in zip(*parts, strict=True):
        folder = out / same[0].folder.name
        _mix(start, [each.folder for each in same], folder)
        write_people(folder, same[0].people)
    _mix(start, run, out)
    typer.echo(
        f"{out / CHECKPOINT}: the mean of {len(run)} runs, {SHARE:.0%} of the way from {start}"
    )


if __name__ == "__main__":
    typer.run(main)
