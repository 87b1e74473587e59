"""What int8 and a second view cost and gain: ``python -m training.quantize --run runs/averaged``.

Assembles a run's network with one view and with two, in fp32 and in int8, each with its own
decision rule, and measures speed and accuracy of all four in one process. `training.export` ships
the number of views in the run's configuration, in int8. Compared with fp32 and the same views, int8
must be at least 1.3 times as fast and lose at most 0.3 points of accuracy on any head, of the mean
recall of the six, or of that of neutral.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from training.config import data_folder
from training.data import FER2013, Tiles
from training.errors import one_line_errors
from training.evaluate import predict, report
from training.export import Assembled, calm_people
from training.int8 import quantised
from training.readings import open_content
from training.run import load_net
from training.timing import milliseconds
from training.train import read_both_sheets

MIN_SPEEDUP = 1.3
MAX_LOSS = 0.3
FIGURES = ("fer2013", "ferplus", "emotion", "six", "neutral")


def measure(content: bytes, tiles: Tiles) -> dict[str, float]:
    """Size, speed, accuracy of each head and, as shipped, recall of the six and of neutral."""
    session = open_content(content)
    figures = report(predict(session, tiles.images), tiles)
    shares = {head: 100 * figures[head]["accuracy"] for head in figures}
    recall = figures["emotion"]["recall"]
    shares["neutral"] = 100 * recall["neutral"]
    shares["six"] = 100 * float(np.mean([recall[name] for name in FER2013 if name != "neutral"]))
    rounded = {name: round(share, 2) for name, share in shares.items()}
    return {"bytes": len(content), "ms": round(milliseconds(session), 3), **rounded}


def verdict(fp32: dict[str, float], int8: dict[str, float]) -> dict[str, Any]:
    """Speed-up, points lost on the figure that loses most, and which model to ship."""
    speedup = fp32["ms"] / int8["ms"]
    lost = max(fp32[head] - int8[head] for head in FIGURES)
    ship = "int8" if speedup >= MIN_SPEEDUP and lost <= MAX_LOSS else "fp32"
    return {"speedup": round(speedup, 2), "points_lost": round(lost, 2), "ship": ship}


@one_line_errors
def main(
    run: Annotated[Path, typer.Option(help="Folder of the training run.")],
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Compare a network's int8 version with fp32, and two views with one."""
    net = load_net(run)[0]
    train, tiles = read_both_sheets(data)
    calm, people = calm_people(data or data_folder(), tiles)
    to_int8 = partial(quantised, images=train.images)
    result: dict[str, Any] = {}
    for views in (1, 2):
        net.views = views
        models = {
            "fp32": Assembled.of(net, tiles, calm, people),
            "int8": Assembled.of(net, tiles, calm, people, to_int8),
        }
        figures = {kind: measure(model.content, tiles) for kind, model in models.items()}
        result[str(views)] = {**figures, **verdict(figures["fp32"], figures["int8"])}
    if json_path is not None:
        json_path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    typer.echo(json.dumps(result, indent=1))


if __name__ == "__main__":
    typer.run(main)
