"""Measure a model: ``python -m training.evaluate --model M --sheet S.png --labels S.csv``.

Needs only the app's own packages, not PyTorch. Works on any sheet in the format of
``training.data``, and with ``--folder`` on class-named subfolders of images. ``--few-shot``
measures personal calibration on a folder of people, see ``training.few_shot``; ``--photos``
measures what a user sees on whole pictures, see ``training.photos``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from overlay.perception.classifier import Sensitivity
from training.data import FER2013, FERPLUS, NEUTRAL, TILE, Tiles, read_folder, read_sheet
from training.errors import ModelError, TrainingError, one_line_errors
from training.few_shot import measure_calibration, print_few_shot
from training.metrics import (
    accuracy,
    calibration_error,
    confusion_matrix,
    ferplus_majority,
    macro_f1,
    operating_point,
    recalls,
)
from training.people import FACES_MODES, read_people
from training.photos import find_photos, look_at, print_photos, read_groups, summarise

HEADS = {"fer2013": FER2013, "ferplus": FERPLUS, "emotion": FER2013}
# Other outputs of the contract, with their widths.
MEASURES = {"covered": 1, "quality": 4}
BATCH = 64
SENSITIVITIES: dict[str, Sensitivity] = {name: name for name in get_args(Sensitivity)}
Outputs = dict[str, npt.NDArray[np.float32]]
console = Console(stderr=True)


def open_model(path: Path) -> ort.InferenceSession:
    """Open a model on one thread, as the app does, and check that it keeps the contract."""
    if not path.is_file():
        raise ModelError(f"{path}: no such model file")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        session = ort.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises its own unrelated types
        raise ModelError(f"{path}: not a readable ONNX model ({type(error).__name__})") from None
    faces = session.get_inputs()[0]
    if (faces.name, faces.type, faces.shape[1:]) != ("faces", "tensor(uint8)", [1, TILE, TILE]):
        raise ModelError(f"{path}: the input must be 'faces', uint8 [N, 1, {TILE}, {TILE}]")
    shapes = {output.name: output.shape for output in session.get_outputs()}
    for head, names in HEADS.items():
        if head not in shapes or shapes[head][1:] != [len(names)]:
            raise ModelError(f"{path}: the output '{head}' must be float32 [N, {len(names)}]")
    for name, width in MEASURES.items():
        if shapes.get(name, [])[1:] != [width]:
            raise ModelError(f"{path}: the output '{name}' must be float32 [N, {width}]")
    return session


def predict(session: ort.InferenceSession, images: npt.NDArray[np.uint8]) -> Outputs:
    """Every output for tiles [N, 48, 48]."""
    names = [*HEADS, *MEASURES, "embedding"]
    parts = []
    starts = range(0, len(images), BATCH)
    quiet = not console.is_terminal
    for i in track(starts, "faces", console=console, transient=True, disable=quiet):
        parts.append(session.run(names, {"faces": images[i : i + BATCH, None]}))
    return {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(names)}


def flipped_mean(session: ort.InferenceSession, images: npt.NDArray[np.uint8]) -> Outputs:
    """The mean of the probabilities for each tile and its mirror image."""
    plain = predict(session, images)
    mirrored = predict(session, np.ascontiguousarray(images[:, :, ::-1]))
    return {name: (plain[name] + mirrored[name]) * np.float32(0.5) for name in plain}


def head_report(
    probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], names: tuple[str, ...]
) -> dict[str, Any]:
    """The figures of one head; a label of -1 or beyond the head's classes leaves an image out."""
    kept = (labels >= 0) & (labels < len(names))
    probabilities, labels = probabilities[kept], labels[kept]
    predicted = probabilities.argmax(axis=1)
    matrix = confusion_matrix(predicted, labels, len(names))
    return {
        "images": int(kept.sum()),
        "accuracy": accuracy(predicted, labels),
        "macro_f1": macro_f1(matrix),
        "ece": calibration_error(probabilities, labels),
        "recall": dict(zip(names, map(float, recalls(matrix)), strict=True)),
        "labels": list(names),
        "confusion": matrix.tolist(),
    }


def report(outputs: Outputs, tiles: Tiles) -> dict[str, Any]:
    """All figures of a model on labelled tiles.

    `fer2013` is measured by the FER2013 labels, `ferplus` and `emotion` by the FER+ majority;
    without votes the class of the folder stands for both. The operating point moves the neutral
    logit of each head (contempt left aside); `emotion` as shipped is what its own recall says.
    """
    majority = ferplus_majority(tiles.votes) if tiles.votes is not None else tiles.labels
    truth = {"fer2013": tiles.labels, "ferplus": majority, "emotion": majority}
    result: dict[str, Any] = {
        head: head_report(outputs[head], truth[head], names) for head, names in HEADS.items()
    }
    for head in HEADS:
        point = operating_point(outputs[head][:, : len(FER2013)], majority, NEUTRAL)
        result[head]["operating_point"] = {
            "neutral_bias": point.bias,
            "neutral_recall": point.neutral_recall,
            "recall": dict(zip(FER2013, point.recall, strict=False)),
            "mean_recall": point.mean_recall,
        }
    return result


def finite(value: Any) -> Any:
    """The same structure with null for NaN, which JSON does not know."""
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and value != value else value


def print_report(result: dict[str, Any]) -> None:
    """The report as tables for people."""
    out = Console()
    for head, figures in result.items():
        point = figures["operating_point"]
        out.print(
            f"[bold]{head}[/] on {figures['images']} images: "
            f"accuracy {figures['accuracy']:.2%}, macro-F1 {figures['macro_f1']:.3f}, "
            f"ECE {figures['ece']:.3f}; at {point['neutral_recall']:.1%} neutral recall "
            f"mean recall of the six {point['mean_recall']:.3f}"
        )
        table = Table("true \\ called", *figures["labels"], "recall")
        for name, row in zip(figures["labels"], figures["confusion"], strict=True):
            recall = figures["recall"][name]
            table.add_row(name, *map(str, row), "-" if recall != recall else f"{recall:.1%}")
        out.print(table)


def read_tiles(sheet: Path | None, labels: Path | None, folder: Path | None) -> Tiles:
    """The tiles that the options name."""
    if folder is not None and sheet is None and labels is None:
        return read_folder(folder)
    if folder is None and sheet is not None and labels is not None:
        return read_sheet(sheet, labels)
    raise TrainingError("give --sheet together with --labels, or --folder alone")


def few_shot_report(
    model: Path, folder: Path | None, subjects: str | None, shots: str, draws: int, faces: str
) -> dict[str, Any]:
    """The figures of personal calibration on a folder of people."""
    if folder is None or subjects is None:
        raise TrainingError("--few-shot needs --folder and --subjects")
    numbers = [int(n) for n in shots.split(",") if n.strip().isdecimal() and int(n) > 0]
    if len(numbers) != len(shots.split(",")):
        raise TrainingError(f"--shots {shots!r}: give whole numbers above 0, such as 1,3,5")
    if faces not in FACES_MODES:
        raise TrainingError(f"--faces {faces!r}: choose one of {', '.join(FACES_MODES)}")
    session = open_model(model)
    people = read_people(folder, subjects, FACES_MODES[faces])
    return measure_calibration(session, model, people, shots=numbers, draws=draws)


def photos_report(
    model: Path, folder: Path, subjects: str | None, groups: Path | None, sensitivity: str
) -> dict[str, Any]:
    """What a user sees on whole pictures."""
    if sensitivity not in SENSITIVITIES:
        raise TrainingError(f"--sensitivity {sensitivity!r}: choose {', '.join(SENSITIVITIES)}")
    open_model(model)
    found = find_photos(folder, subjects)
    people = read_groups(groups) if groups is not None else None
    return summarise(look_at(found, model, SENSITIVITIES[sensitivity]), people)


@one_line_errors
def main(
    model: Annotated[Path, typer.Option(help="The model to measure.")] = Path(
        "models/emotion.onnx"
    ),
    sheet: Annotated[Path | None, typer.Option(help="Sprite sheet of tiles.")] = None,
    labels: Annotated[Path | None, typer.Option(help="csv with one row per tile.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Folder of class-named folders.")] = None,
    flip: Annotated[bool, typer.Option(help="Average each tile with its mirror image.")] = False,
    json_path: Annotated[
        str | None, typer.Option("--json", help="Write JSON to this file, or - for stdout.")
    ] = None,
    few_shot: Annotated[
        bool, typer.Option("--few-shot", help="Measure personal calibration.")
    ] = False,
    subjects: Annotated[
        str | None,
        typer.Option(
            help="Few-shot, photos: regular expression whose group is the person in a file's "
            "name; few-shot: a group named 'emotion' gives the class where folders do not."
        ),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(help="Whole pictures in class-named folders, or with a labels.csv."),
    ] = None,
    groups: Annotated[
        Path | None, typer.Option(help="Photos: csv of people and what they have in common.")
    ] = None,
    sensitivity: Annotated[
        str, typer.Option(help="Photos: calm, balanced or sensitive.")
    ] = "balanced",
    shots: Annotated[str, typer.Option(help="Few-shot: references of each class.")] = "1,3,5",
    draws: Annotated[int, typer.Option(min=1, help="Few-shot: draws of references.")] = 10,
    faces: Annotated[
        str, typer.Option(help="Few-shot: find faces, take pictures whole, or auto by size.")
    ] = "auto",
) -> None:
    """Accuracy, macro-F1, calibration, recall and confusion of every head of a model."""
    show: Callable[[dict[str, Any]], None] = print_report
    if photos is not None:
        result, show = photos_report(model, photos, subjects, groups, sensitivity), print_photos
    elif few_shot:
        result, show = few_shot_report(model, folder, subjects, shots, draws, faces), print_few_shot
    else:
        tiles = read_tiles(sheet, labels, folder)
        session = open_model(model)
        outputs = (flipped_mean if flip else predict)(session, tiles.images)
        result = report(outputs, tiles)
    if json_path is None:
        show(result)
        return
    text = json.dumps(finite(result), indent=2, allow_nan=False) + "\n"
    if json_path == "-":
        sys.stdout.write(text)
    else:
        Path(json_path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
