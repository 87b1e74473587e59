"""How accuracy falls as the input gets worse: ``python -m training.robustness --model models/...``.

Measures any number of models on the same degraded tiles and writes JSON, from which
`training.card` draws the curves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import onnxruntime as ort
import typer
from rich.console import Console
from rich.table import Table

from training.config import data_folder
from training.data import Tiles, read_sheet
from training.degrade import DEGRADATIONS, degrade
from training.errors import TrainingError, one_line_errors
from training.evaluate import open_model, predict
from training.metrics import accuracy, ferplus_majority

Curves = dict[str, Any]


def curves(sessions: dict[str, ort.InferenceSession], tiles: Tiles, seed: int = 0) -> Curves:
    """Accuracy of each model at each severity of each degradation.

    Returns:
        ``{degradation: {"unit", "severities", "models": {model: {"fer2013": [...], "emotion":
        [...]}}}}``; `fer2013` is judged by the FER2013 labels, `emotion` by the FER+ majority.
    """
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    judged = (majority >= 0) & (majority < 7)
    result: dict[str, Any] = {}
    for name, kind in DEGRADATIONS.items():
        models: dict[str, dict[str, list[float]]] = {
            model: {"fer2013": [], "emotion": []} for model in sessions
        }
        for severity in kind.severities:
            images = degrade(tiles.images, name, severity, seed)
            for model, session in sessions.items():
                called = {k: v.argmax(axis=1) for k, v in predict(session, images).items()}
                share = accuracy(called["fer2013"], tiles.labels)
                models[model]["fer2013"].append(round(share, 4))
                share = accuracy(called["emotion"][judged], majority[judged])
                models[model]["emotion"].append(round(share, 4))
        result[name] = {"unit": kind.unit, "severities": list(kind.severities), "models": models}
    return result


def named(models: list[str]) -> dict[str, Path]:
    """The models of options such as ``ours=models/emotion.onnx``; a bare path is its own name."""
    result: dict[str, Path] = {}
    for option in models:
        name, equals, path = option.partition("=")
        if not equals:
            name, path = Path(option).parent.name or Path(option).stem, option
        if name in result:
            raise TrainingError(f"{option}: a second model called {name}; write NAME=PATH")
        result[name] = Path(path)
    return result


@one_line_errors
def main(
    model: Annotated[list[str], typer.Option(help="PATH or NAME=PATH; repeatable.")],
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the curves here.")] = None,
    tiles: Annotated[int, typer.Option(help="How many PublicTest tiles, drawn at random.")] = 1200,
    seed: Annotated[int, typer.Option(help="Seed of the tiles and the degradations.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Measure models on degraded faces."""
    sessions = {name: open_model(path) for name, path in named(model).items()}
    folder = data or data_folder()
    sheet = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    chosen = np.random.default_rng(seed).permutation(len(sheet))[:tiles]
    measured = curves(sessions, sheet.take(chosen))
    result = {"tiles": len(chosen), "seed": seed, "curves": measured}
    if json_path is not None:
        json_path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print_curves(measured)


def print_curves(result: Curves) -> None:
    """One table per degradation."""
    out = Console()
    for name, kind in result.items():
        table = Table(f"{name} ({kind['unit']})", *map(str, kind["severities"]))
        for model, heads in kind["models"].items():
            for head, shares in heads.items():
                table.add_row(f"{model} {head}", *(f"{share:.1%}" for share in shares))
        out.print(table)


if __name__ == "__main__":
    typer.run(main)
