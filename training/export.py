"""Export a run as the shipped model: ``python -m training.export --run runs/finish-seed0``.

Takes the averaged weights of the last checkpoint, fits temperatures, decision rule and `unsure`
threshold on PublicTest, writes ``emotion.onnx`` with convolutions in int8, measures that very file,
and describes it in ``emotion.json``; what it says about unseen faces goes into ``population.npz``.
In ``models``, the checksum goes into the program as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import typer

from overlay.host import resources
from overlay.host.atomic_file import atomic_write
from training.calm import CalmFaces, Portraits, calm_faces, read_portraits
from training.config import Config, data_folder
from training.data import FER2013, FERPLUS, NEUTRAL, TILE, Tiles, ferplus_targets, read_sheet
from training.decision import (
    QUALITIES,
    Rule,
    fit_operating_point,
    fit_temperature,
    risk_coverage,
    sensitivities,
    sensitivity,
    softmax,
)
from training.errors import ModelError, one_line_errors
from training.evaluate import predict, report
from training.graph import build, with_rule
from training.int8 import quantised
from training.left_out import LeftOut, read_left_out
from training.metrics import ferplus_majority
from training.networks import Network
from training.networks.cost import cost
from training.population import population
from training.readings import Read, Reader, open_content
from training.run import load_net
from training.run import predict as predict_logits
from training.shipped import write_sums
from training.shown import agreed_labels

FORMAT = 2
# A label needs at least this probability of its emotion.
UNSURE = 0.4
COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
TOLERANCE = 1e-3
# So many tiles are read by the network itself as well.
COMPARED = 512


def class_priors(votes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Mean FER+ vote distribution over the seven emotions that are shown."""
    return np.asarray(ferplus_targets(votes)[0].mean(axis=0)[: len(FER2013)], np.float64)


@dataclass(frozen=True)
class Assembled:
    """A network with its rule as an ONNX model.

    Attributes:
        content: the model.
        rule: temperatures and operating point.
        sensitivities: what each setting adds to the neutral logit of what is shown.
        resting: median logarithm of each emotion's odds to neutral on calm faces.
        held_out: shares of people whom the operating point was not fitted on, see
            `cross_fitted`.
    """

    content: bytes
    rule: Rule
    sensitivities: dict[str, float]
    resting: list[float]
    held_out: dict[str, float]

    @classmethod
    def of(
        cls,
        net: Network,
        tiles: Tiles,
        calm: CalmFaces,
        people: Portraits | None = None,
        finish: Callable[[bytes], bytes] = lambda content: content,
        left_out: Sequence[LeftOut] = (),
    ) -> Assembled:
        """Fit temperatures and operating point, build the graph, and check it on the tiles.

        Args:
            net: the trained network.
            tiles: PublicTest, with votes.
            calm: the faces for the operating point.
            people: the London set, whose smiles nothing is fitted on.
            finish: what is done to the serialised model, such as `training.int8.quantised`. The
                rule is fitted to what the finished model says.
            left_out: networks to read people by whom `net` has learnt.
        """
        plain = build(net, Rule()).SerializeToString()
        check_same(open_content(plain), net, tiles)
        finished = finish(plain)
        reader = Reader(net, finished)
        others = [
            (Reader(each.net, build(each.net, Rule()).SerializeToString()), each.people)
            for each in left_out
        ]

        def read_people(images: npt.NDArray[np.uint8], names: npt.NDArray[np.str_]) -> Read:
            found = reader.read(images)
            for other, unknown in others:
                rows = np.isin(names, list(unknown))
                if not rows.any():
                    continue
                for values, own in zip(found, other.read(images[rows]), strict=True):
                    values[rows] = own
            return found

        assert tiles.votes is not None
        seen, seen_calm = reader.read(tiles.images), read_people(calm.images, calm.subjects)
        rule = _temperatures(seen, tiles, class_priors(tiles.votes))
        rule = fit_operating_point(rule, seen_calm.mixed(rule), seen_calm.quality, calm)
        rule = _calibrated(rule, seen, tiles)
        content = with_rule(finished, net, rule)
        shown = rule.logits(seen.mixed(rule), seen.quality)
        _check_close(softmax(shown), predict(open_content(content), tiles.images)["emotion"])
        held_out = cross_fitted(rule, seen, tiles, seen_calm, calm)
        if people is not None:
            seen_people = read_people(people.images, people.subjects)
            held_out |= _smiles_held_out(rule, seen_people, people, seen_calm, calm)
        return cls(
            content,
            rule,
            sensitivities(rule, seen_calm.mixed(rule), seen_calm.quality, calm),
            _resting(rule.logits(seen_calm.mixed(rule), seen_calm.quality), calm),
            held_out,
        )


def _resting(logits: npt.NDArray[np.floating], calm: CalmFaces) -> list[float]:
    """Of the people where there are some, because they look as people do into a webcam."""
    people = calm.groups == "people"
    logits = logits[people] if people.any() else logits
    odds = np.median(logits - logits[:, [NEUTRAL]], axis=0)
    return [round(float(each), 3) for each in odds]


def _temperatures(seen: Read, tiles: Tiles, priors: npt.NDArray[np.floating]) -> Rule:
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = majority >= 0
    votes = np.eye(len(FERPLUS))[majority[kept]]
    return Rule(
        fer2013_temperature=fit_temperature(seen.fer2013, np.eye(len(FER2013))[tiles.labels]),
        ferplus_temperature=fit_temperature(seen.ferplus[kept], votes),
        priors=tuple(float(each) for each in priors),
    )


def _calibrated(rule: Rule, seen: Read, tiles: Tiles) -> Rule:
    """The rule with the temperature that makes the top probability what a majority agrees with."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    seven = (majority >= 0) & (majority < len(FER2013))
    logits = rule.logits(seen.mixed(rule)[seven], seen.quality[seven])
    temperature = fit_temperature(logits, np.eye(len(FER2013))[majority[seven]])
    return replace(rule, emotion_temperature=temperature)


def cross_fitted(
    rule: Rule, seen: Read, tiles: Tiles, seen_calm: Read, calm: CalmFaces
) -> dict[str, float]:
    """Operating points fitted on half of the people and tiles, measured on the other half.

    Returns:
        Mean recall of the six on tiles (by FER+ majority), calm of tiles that both label sets
        call neutral, and calm of people.
    """
    assert tiles.votes is not None
    majority, mixed = ferplus_majority(tiles.votes), seen.mixed(rule)
    half = np.arange(len(tiles)) % 2
    calm_half = half_of(calm, half[agreed_labels(tiles) == NEUTRAL])
    found = []
    for test in (0, 1):
        fitted = _fitted_on(calm_half != test, rule, seen_calm, calm)
        rows = half == test
        six = sensitivity(fitted.logits(mixed[rows], seen.quality[rows]), majority[rows])
        shown = fitted.logits(seen_calm.mixed(rule), seen_calm.quality)
        neutral = shown.argmax(axis=1) == NEUTRAL
        from_web = calm.subjects == ""
        groups = [
            (calm_half == test) & each for each in (from_web, ~from_web & (calm.groups == "people"))
        ]
        found.append([six, *(neutral[g].mean() if g.any() else np.nan for g in groups)])
    names = ("mean_recall", "calm_called_neutral", "calm_people_called_neutral")
    means = np.mean(found, axis=0)
    return {
        name: round(float(value), 4)
        for name, value in zip(names, means, strict=True)
        if np.isfinite(value)
    }


def _smiles_held_out(
    rule: Rule, seen: Read, people: Portraits, seen_calm: Read, calm: CalmFaces
) -> dict[str, float]:
    """Recall of smiles by operating points fitted without the person who smiles."""
    known = {name: number % 2 for number, name in enumerate(np.unique(calm.subjects))}
    half = np.array([known.get(name, 0) for name in people.subjects.tolist()])
    calm_half = half_of(calm, np.arange((calm.subjects == "").sum()) % 2)
    smiles = people.labels == "happy"
    right = 0
    for test in (0, 1):
        fitted = _fitted_on(calm_half != test, rule, seen_calm, calm)
        rows = smiles & (half == test)
        shown = fitted.logits(seen.mixed(rule)[rows], seen.quality[rows]).argmax(axis=1)
        right += int((shown == FER2013.index("happy")).sum())
    return {"smiles_called_happy": round(right / max(int(smiles.sum()), 1), 4)}


def _fitted_on(rows: npt.NDArray[np.bool_], rule: Rule, seen: Read, calm: CalmFaces) -> Rule:
    mixed = seen.mixed(rule)
    return fit_operating_point(rule, mixed[rows], seen.quality[rows], calm.take(rows))


def half_of(calm: CalmFaces, tiles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which half, 0 or 1, each face belongs to; nobody's faces are in both."""
    people = {name: number for number, name in enumerate(np.unique(calm.subjects))}
    half = np.array([people[name] % 2 for name in calm.subjects.tolist()], np.int64)
    half[calm.subjects == ""] = tiles
    return half


def check_same(session: ort.InferenceSession, net: Network, tiles: Tiles) -> None:
    """The model of a network, before it is made int8, must say what the PyTorch network says."""
    images = tiles.images[:COMPARED]
    fer2013, ferplus, *_ = predict_logits(net, images)
    found = predict(session, images)
    _check_close(softmax(fer2013), found["fer2013"])
    _check_close(softmax(ferplus), found["ferplus"])


def _check_close(wanted: npt.NDArray[np.floating], found: npt.NDArray[np.floating]) -> None:
    worst = float(np.abs(wanted - found).max())
    if worst > TOLERANCE:
        raise ModelError(f"the exported model differs from the network by {worst:.2g}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folder if need be, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(content)


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
    net: Network,
    config: Config,
    epoch: int,
    version: str,
    content: bytes,
    left_out: Sequence[LeftOut] = (),
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
        "quality": QUALITIES,
        "embedding": net.width,
        "parameters": cost(net).parameters,
        "macs": cost(net).macs,
        "training": {
            "data": "FER2013 training images (28,558) with FER+ votes"
            + (", London set (102 people)" if left_out else ""),
            "fitted_on": "PublicTest: temperatures; PublicTest faces that both label sets call "
            "neutral, and neutral faces of the London set: operating point",
            "selection": "last epoch, averaged weights; no epoch picked by its score",
            "epochs": epoch,
            "people_left_out": len(left_out),
            "config": config.model_dump(mode="json"),
        },
    }


def calm_people(sheets: Path, tiles: Tiles) -> tuple[CalmFaces, Portraits | None]:
    """Calm faces, and the London set, from the folder beside that of the sheets."""
    london = sheets.parent / "london"
    people = read_portraits(london) if london.is_dir() else None
    return calm_faces(tiles, people), people


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
    calm, people = calm_people(folder, tiles)
    to_int8 = partial(quantised, images=train.images)
    left_out = read_left_out(run)
    model = Assembled.of(net, tiles, calm, people, to_int8, left_out)
    session = open_content(model.content)
    metrics = measure(session, tiles, train)
    metrics["operating_point_cross_fitted"] = model.held_out
    description = {
        **describe(net, config, epoch, version, model.content, left_out),
        "unsure": UNSURE,
        "decision_rule": model.rule.as_dict(),
        "sensitivities": model.sensitivities,
        "resting": model.resting,
        "metrics": metrics,
    }
    text = json.dumps(description, indent=2) + "\n"
    write_whole(out / "emotion.onnx", model.content)
    write_whole(out / "emotion.json", text.encode())
    write_whole(out / "population.npz", population(out / "emotion.onnx", tiles))
    if out.resolve() == resources.models_dir().resolve():
        write_sums()
    typer.echo(json.dumps(metrics["public_test"], indent=2))
    typer.echo(
        f"{out / 'emotion.onnx'}: version {version}, {len(model.content)} bytes, "
        f"rule {model.rule.as_dict()}"
    )


if __name__ == "__main__":
    typer.run(main)
