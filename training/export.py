"""Export a run as the shipped model: ``python -m training.export --run runs/finish-seed0``.

Takes the averaged weights of the last checkpoint, fits temperatures, decision rule and `unsure`
threshold on PublicTest, writes ``emotion.onnx``, measures that very file, and describes it in
``emotion.json``; what it says about unseen faces goes into ``population.npz``.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import typer

from overlay.atomic_file import atomic_write
from training.config import Config, data_folder
from training.data import FER2013, FERPLUS, TILE, Tiles, ferplus_targets, read_sheet
from training.decision import (
    Rule,
    cross_fitted_sensitivity,
    fit_rule,
    risk_coverage,
    softmax,
    unsure_threshold,
)
from training.errors import ModelError, one_line_errors
from training.evaluate import open_model, predict, report
from training.graph import build
from training.networks import Network
from training.networks.cost import cost
from training.population import population
from training.run import load_net
from training.run import predict as predict_logits

FORMAT = 1
COVERAGE = 0.85
COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
TOLERANCE = 1e-3


def class_priors(votes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Mean FER+ vote distribution of the training images."""
    return np.asarray(ferplus_targets(votes)[0].mean(axis=0), np.float64)


@dataclass(frozen=True)
class Assembled:
    """A network with its decision rule as an ONNX model, and what it was fitted by."""

    content: bytes
    rule: Rule
    held_out: tuple[float, float]

    @classmethod
    def of(cls, net: Network, tiles: Tiles, priors: npt.NDArray[np.float64]) -> Assembled:
        """Fit temperatures and rule on `tiles`, build the graph, and check it on them.

        `held_out` is sensitivity and calm of rules fitted on one half and measured on the other.
        """
        logits = predict_logits(net, tiles.images)
        rule = fit_rule(logits[0], logits[1], tiles, priors)
        content = build(net, rule, priors).SerializeToString()
        check_same(open_content(content), tiles, logits, rule)
        held_out = cross_fitted_sensitivity(logits[0], logits[1], tiles, priors)
        return cls(content, rule, held_out)


def check_same(
    session: ort.InferenceSession, tiles: Tiles, logits: list[npt.NDArray[np.floating]], rule: Rule
) -> None:
    """The exported model must say what the PyTorch network says."""
    wanted = softmax(logits[0] / rule.fer2013_temperature)
    found = predict(session, tiles.images)["fer2013"]
    worst = float(np.abs(wanted - found).max())
    if worst > TOLERANCE:
        raise ModelError(f"the exported model differs from the network by {worst:.2g}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folder if need be, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(content)


def open_content(content: bytes) -> ort.InferenceSession:
    """Open a serialised model with the checks of `training.evaluate`, before it is shipped."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "emotion.onnx"
        path.write_bytes(content)
        return open_model(path)


def duplicates_of(tiles: Tiles, others: Tiles) -> npt.NDArray[np.bool_]:
    """Which tiles occur, pixel for pixel, among the others too."""
    known = {image.tobytes() for image in others.images}
    return np.array([image.tobytes() in known for image in tiles.images])


def summary(figures: dict[str, Any]) -> dict[str, Any]:
    """The headline figures of one evaluation report."""
    short: dict[str, Any] = {
        head: {
            "accuracy": round(figures[head]["accuracy"], 4),
            "macro_f1": round(figures[head]["macro_f1"], 4),
            "ece": round(figures[head]["ece"], 4),
            "mean_recall_at_95_calm": round(figures[head]["operating_point"]["mean_recall"], 4),
        }
        for head in ("fer2013", "ferplus", "emotion")
    }
    short["emotion"]["recall"] = {k: round(v, 4) for k, v in figures["emotion"]["recall"].items()}
    return short


def measure(session: ort.InferenceSession, tiles: Tiles, train: Tiles) -> dict[str, Any]:
    """Headline figures of the exported file on PublicTest, with and without duplicates."""
    outputs = predict(session, tiles.images)
    fresh = np.flatnonzero(~duplicates_of(tiles, train))
    fresh_outputs = {head: values[fresh] for head, values in outputs.items()}
    return {
        "public_test": summary(report(outputs, tiles)),
        "public_test_without_duplicates_of_training_images": {
            "images": len(fresh),
            **summary(report(fresh_outputs, tiles.take(fresh))),
        },
        "risk_coverage": risk_coverage(outputs["emotion"], tiles, COVERAGES),
    }


def describe(
    net: Network, config: Config, epoch: int, version: str, content: bytes
) -> dict[str, Any]:
    """What `emotion.json` says about the model, metrics and thresholds aside."""
    return {
        "format": FORMAT,
        "name": "emotion",
        "version": version,
        "file": "emotion.onnx",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "input": {"name": "faces", "dtype": "uint8", "side": TILE, "channels": 1},
        "labels": {"fer2013": FER2013, "ferplus": FERPLUS, "emotion": FER2013},
        "embedding": net.width,
        "parameters": cost(net).parameters,
        "macs": cost(net).macs,
        "training": {
            "data": "FER2013 training images (28,558) with FER+ votes",
            "fitted_on": "PublicTest: temperatures, decision rule, unsure threshold",
            "selection": "last epoch, averaged weights; no epoch picked by its score",
            "epochs": epoch,
            "config": config.model_dump(mode="json"),
        },
    }


@one_line_errors
def main(
    run: Annotated[Path, typer.Option(help="Folder of the training run.")] = Path(
        "runs/finish-seed0"
    ),
    out: Annotated[Path, typer.Option(help="Folder for the model.")] = Path("models"),
    version: Annotated[str | None, typer.Option(help="Default: 0.1.0, -epochN if early.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Write emotion.onnx and emotion.json from the last checkpoint of a run."""
    net, config, epoch = load_net(run)
    if version is None:
        version = "0.1.0" if epoch == config.epochs else f"0.1.0-epoch{epoch}"
    folder = data or data_folder()
    train = read_sheet(folder / "train.png", folder / "train.csv")
    tiles = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    assert train.votes is not None
    priors = class_priors(train.votes)
    model = Assembled.of(net, tiles, priors)
    session = open_content(model.content)
    metrics = measure(session, tiles, train)
    metrics["decision_rule_cross_fitted"] = {
        "mean_recall": round(model.held_out[0], 4),
        "calm_called_neutral": round(model.held_out[1], 4),
    }
    probabilities = predict(session, tiles.images)["emotion"]
    description = {
        **describe(net, config, epoch, version, model.content),
        "unsure": round(unsure_threshold(probabilities, COVERAGE), 4),
        "decision_rule": model.rule.as_dict(),
        "metrics": metrics,
    }
    text = json.dumps(description, indent=2) + "\n"
    write_whole(out / "emotion.onnx", model.content)
    write_whole(out / "emotion.json", text.encode())
    write_whole(out / "population.npz", population(out / "emotion.onnx", tiles))
    typer.echo(json.dumps(metrics["public_test"], indent=2))
    typer.echo(
        f"{out / 'emotion.onnx'}: version {version}, {len(model.content)} bytes, "
        f"rule {model.rule.as_dict()}"
    )


if __name__ == "__main__":
    typer.run(main)
