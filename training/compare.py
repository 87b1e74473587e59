"""The table of networks: ``python -m training.compare --json models/card/compare.json``.

Every file under ``training/configs`` is a row. Its runs are the folder of the same name under
``runs``, and ``NAME-seed1``, ``NAME-seed2`` and so on for further seeds; the table gives their mean
and spread. Networks without a run are listed as not trained.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch
import typer

from training.calm import CalmFaces
from training.config import Config, data_folder, read_config
from training.data import FER2013, Tiles
from training.decision import Rule
from training.errors import one_line_errors
from training.evaluate import predict, report
from training.export import Assembled, calm_people, write_whole
from training.graph import build
from training.metrics import accuracy, ferplus_majority
from training.networks import make_network
from training.networks.cost import cost
from training.readings import open_content
from training.run import CHECKPOINT, load_net
from training.timing import milliseconds
from training.train import read_both_sheets

CONFIGS = Path(__file__).parent / "configs"
MODEL = "model.onnx"
HEADS = ("fer2013", "ferplus")

# What projects with fewer classes leave out.
REDUCED = {
    "five without fear and surprise": ("angry", "disgust", "happy", "sad", "neutral"),
    "five without sad and surprise": ("angry", "disgust", "fear", "happy", "neutral"),
    "four: angry, fear, happy, neutral": ("angry", "fear", "happy", "neutral"),
}


def reduced_accuracy(
    probabilities: npt.NDArray[np.floating], labels: npt.NDArray[np.int64], names: tuple[str, ...]
) -> float:
    """Accuracy among some classes: other labels are left out, other probabilities set to zero."""
    classes = np.array([FER2013.index(name) for name in names])
    kept = np.isin(labels, classes)
    return accuracy(classes[probabilities[kept][:, classes].argmax(axis=1)], labels[kept])


def reduced_views(
    fer2013: npt.NDArray[np.floating], ferplus: npt.NDArray[np.floating], tiles: Tiles
) -> dict[str, dict[str, float]]:
    """Accuracy of both heads, each by its own labels, in every view of `REDUCED`."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    return {
        view: {
            "fer2013": round(reduced_accuracy(fer2013, tiles.labels, names), 4),
            "ferplus": round(reduced_accuracy(ferplus, majority, names), 4),
        }
        for view, names in REDUCED.items()
    }


def runs_of(name: str, folder: Path) -> list[Path]:
    """The folders of the runs of a configuration that have a checkpoint."""
    pattern = re.compile(rf"{re.escape(name)}(-seed\d+)?")
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in found if pattern.fullmatch(p.name) and (p / CHECKPOINT).is_file())


def measured(run: Path, tiles: Tiles, calm: CalmFaces) -> dict[str, Any]:
    """The figures of a run's last checkpoint, exported to `MODEL` in its folder."""
    net, config, epoch = load_net(run)
    model = Assembled.of(net, tiles, calm)
    write_whole(run / MODEL, model.content)
    outputs = predict(open_content(model.content), tiles.images)
    figures = report(outputs, tiles)
    return {
        "run": run.name,
        "seed": config.seed,
        "epochs": epoch,
        "fer2013": round(figures["fer2013"]["accuracy"], 4),
        "ferplus": round(figures["ferplus"]["accuracy"], 4),
        "ece": {head: round(figures[head]["ece"], 4) for head in ("fer2013", "ferplus")},
        "six_at_95_calm": model.held_out["mean_recall"],
        "reduced": reduced_views(outputs["fer2013"], outputs["ferplus"], tiles),
    }


def untrained_session(config: Config) -> ort.InferenceSession:
    """The network with random weights, whose speed is that of the trained one."""
    torch.manual_seed(0)
    net = make_network(config.architecture).eval()
    return open_content(build(net, Rule()).SerializeToString())


def row(path: Path, runs: Path, tiles: Tiles, calm: CalmFaces) -> dict[str, Any]:
    """One configuration: what it costs, and what each of its runs scores."""
    config = read_config(path)
    price = cost(make_network(config.architecture))
    return {
        "name": path.stem,
        "parameters": price.parameters,
        "macs": price.macs,
        "ms": round(milliseconds(untrained_session(config)), 3),
        "epochs": config.epochs,
        "runs": [measured(run, tiles, calm) for run in runs_of(path.stem, runs)],
    }


def spread(values: list[float]) -> str:
    """Mean in percent, with the standard deviation where there are several."""
    mean = f"{100 * np.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ± {100 * np.std(values, ddof=1):.2f}"


def markdown(rows: list[dict[str, Any]]) -> str:
    """Both tables: the networks, and the views of fewer classes."""
    titles = ("network", "parameters", "MACs", "ms a face", "epochs", "runs")
    head = (*titles, "FER2013", "FER+", "six at calm")
    trained = [entry for entry in rows if entry["runs"]]
    lines = [*table_head(head), *(table_row(network_cells(entry)) for entry in rows)]
    if trained:
        lines += ["", *table_head(("network", *REDUCED))]
        lines += [table_row(reduced_cells(entry)) for entry in trained]
    return "\n".join(lines) + "\n"


def table_head(titles: Sequence[str]) -> list[str]:
    """The head of a Markdown table whose first column is text and the others numbers."""
    return [table_row(titles), "|---|" + "--:|" * (len(titles) - 1)]


def table_row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def network_cells(entry: dict[str, Any]) -> list[str]:
    """A network's cost and figures."""
    runs, planned = entry["runs"], entry["epochs"]
    done = min((run["epochs"] for run in runs), default=0)
    cells = [
        entry["name"],
        f"{entry['parameters'] / 1e6:.2f} M",
        f"{entry['macs'] / 1e6:.0f} M",
        f"{entry['ms']:.2f}",
        str(done) if done == planned else f"{done} of {planned}",
        str(len(runs)),
    ]
    if not runs:
        return [*cells, *["not trained"] * 3]
    figures = ("fer2013", "ferplus", "six_at_95_calm")
    return [*cells, *(spread([run[figure] for run in runs]) for figure in figures)]


def reduced_cells(entry: dict[str, Any]) -> list[str]:
    """A network's accuracy among fewer classes, by FER2013 labels and by FER+ majority."""
    cells = [entry["name"]]
    for view in REDUCED:
        shares = ([run["reduced"][view][head] for run in entry["runs"]] for head in HEADS)
        cells.append(" / ".join(spread(values) for values in shares))
    return cells


@one_line_errors
def main(
    config: Annotated[list[Path] | None, typer.Option(help="Only these; repeatable.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the runs.")] = Path("runs"),
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Measure every configuration's runs on PublicTest and print them as Markdown."""
    tiles = read_both_sheets(data)[1]
    calm, _ = calm_people(data or data_folder(), tiles)
    paths = config or sorted(CONFIGS.glob("*.toml"))
    rows = [row(path, runs, tiles, calm) for path in paths]
    rows.sort(key=lambda entry: max([run["fer2013"] for run in entry["runs"]], default=0.0))
    if json_path is not None:
        content = json.dumps({"images": len(tiles), "rows": rows}, indent=1) + "\n"
        write_whole(json_path, content.encode())
    typer.echo(markdown(rows))


if __name__ == "__main__":
    typer.run(main)
