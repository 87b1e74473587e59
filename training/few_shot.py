"""Measure what personal calibration does for people it was not designed on.

    python -m training.evaluate --few-shot --folder DIR --subjects REGEX --shots 1,3,5

Some pictures of each person's expressions are references; all others are read before and after
the adaptation of `overlay.perception.personal`. `few_shot.md` reports the results.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from rich.console import Console
from rich.table import Table

from overlay.errors import ModelError
from overlay.perception.personal import Personal, References
from overlay.perception.population import load_population, spared_expressions
from training.data import FER2013
from training.errors import TrainingError
from training.metrics import confusion_matrix, recalls
from training.people import People

_BATCH = 64
Matrix = npt.NDArray[np.int64]


def measure_calibration(
    session: ort.InferenceSession,
    model: Path,
    people: People,
    *,
    shots: Sequence[int],
    draws: int,
    seed: int = 0,
) -> dict[str, Any]:
    """Accuracy and recall before and after calibration, over several draws of references.

    Args:
        session: the model.
        model: its file; a `population.npz` beside it is used as in the application, if it belongs
            to the model.
        people: their pictures.
        shots: numbers of references per expression.
        draws: how many times references are drawn.
        seed: seed of the draws.

    Raises:
        TrainingError: nobody has enough pictures for any number of shots.
    """
    readings = _read(session, people)
    population = _population(model)
    results = {str(n): _measure(readings, people, population, n, draws, seed) for n in shots}
    if not any(result["subjects"] for result in results.values()):
        raise TrainingError(
            f"nobody has more than {min(shots)} pictures of an expression: "
            "use fewer --shots, or check --subjects"
        )
    return {
        "images": len(people.images),
        "subjects": len(set(people.subjects.tolist())),
        "images_by_emotion": {
            name: int((people.labels == i).sum()) for i, name in enumerate(FER2013)
        },
        "left_out": people.left_out,
        "notes": people.notes,
        "population": population is not None,
        "draws": draws,
        "shots": results,
    }


def _read(session: ort.InferenceSession, people: People) -> References:
    parts = [
        session.run(["embedding", "emotion"], {"faces": people.images[i : i + _BATCH, None]})
        for i in range(0, len(people.images), _BATCH)
    ]
    embeddings, probabilities = (np.concatenate(column) for column in zip(*parts, strict=True))
    return References(tuple(FER2013[i] for i in people.labels), embeddings, probabilities)


def _population(model: Path) -> References | None:
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    try:
        return load_population(sha256, model.with_name("population.npz"))
    except ModelError:
        return None


def split(
    labels: npt.NDArray[np.int64], shots: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Indices of the references and test pictures of one person; no picture is both.

    Expressions with at most `shots` pictures have no references.
    """
    references: list[int] = []
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        if len(places) > shots:
            references += places[:shots].tolist()
    test = np.setdiff1d(np.arange(len(labels)), references)
    return np.array(references, np.int64), test


def _measure(
    readings: References,
    people: People,
    population: References | None,
    shots: int,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """All draws with one number of shots."""
    before: list[Matrix] = []
    after: list[Matrix] = []
    changes: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    used = 0
    for draw in range(draws):
        matrices = np.zeros((2, 7, 7), np.int64)
        for number, subject in enumerate(np.unique(people.subjects)):
            rng = np.random.default_rng([seed, shots, draw, number])
            rows = np.flatnonzero(people.subjects == subject)
            references, test = split(people.labels[rows], shots, rng)
            if not len(references):
                skipped[f"no expression with more than {shots} pictures"] += draw == 0
                continue
            used += draw == 0
            pair = _adapted(readings, people.labels, rows[references], rows[test], population)
            matrices += pair
            right = np.trace(pair, axis1=1, axis2=2)
            changes[
                "better" if right[1] > right[0] else "worse" if right[1] < right[0] else "same"
            ] += 1
        before.append(matrices[0])
        after.append(matrices[1])
    if not used:
        return {"subjects": 0, "skipped": dict(skipped)}
    return {
        "subjects": used,
        "skipped": dict(skipped),
        "test_images": int(before[0].sum()),
        "accuracy": _spread([_accuracy(m) for m in before], [_accuracy(m) for m in after]),
        "macro_recall": _spread(
            [float(np.nanmean(recalls(m))) for m in before],
            [float(np.nanmean(recalls(m))) for m in after],
        ),
        "recall": {
            name: _spread([recalls(m)[i] for m in before], [recalls(m)[i] for m in after])
            for i, name in enumerate(FER2013)
            if before[0][i].sum()
        },
        "subjects_by_change": {k: changes[k] / draws for k in ("better", "same", "worse")},
    }


def _adapted(
    readings: References,
    labels: npt.NDArray[np.int64],
    references: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
    population: References | None,
) -> Matrix:
    """Confusion matrices [2, 7, 7] of one person's test pictures, before and after."""
    own, rest = readings.take(references.tolist()), readings.take(test.tolist())
    spared = spared_expressions(own, population) if population is not None else ()
    adapted = Personal(own, spared=spared).adapt(rest.embeddings, rest.probabilities)
    read = [p.argmax(axis=1).astype(np.int64) for p in (rest.probabilities, adapted)]
    return np.stack([confusion_matrix(r, labels[test], len(FER2013)) for r in read])


def _accuracy(matrix: Matrix) -> float:
    return float(np.trace(matrix) / matrix.sum())


def _spread(before: Sequence[float], after: Sequence[float]) -> dict[str, float]:
    """Mean and standard deviation over the draws."""
    gain = np.subtract(after, before)
    values = {"before": before, "after": after, "gain": gain}
    return {
        f"{name}{suffix}": round(float(summary(value)), 4)
        for name, value in values.items()
        for suffix, summary in (("", np.mean), ("_std", np.std))
    }


def print_few_shot(result: dict[str, Any]) -> None:
    """The report as tables for people."""
    out = Console()
    out.print(
        f"{result['images']} pictures of {result['subjects']} people, {result['draws']} draws; "
        "mean and standard deviation over the draws"
    )
    for reason, count in {**result["left_out"], **result["notes"]}.items():
        out.print(f"  {count} pictures: {reason}")
    if not result["population"]:
        out.print(
            "  no population.npz of this model: expressions without references are not protected"
        )
    table = Table("shots", "accuracy", "gain", "macro recall", "gain")
    recall = Table("recall", *(f"{n} shots" for n in result["shots"]))
    for shots, figures in result["shots"].items():
        for reason, count in figures["skipped"].items():
            out.print(f"  {shots} shots: {count} people left out, {reason}")
        if not figures["subjects"]:
            continue
        change = ", ".join(f"{n:.1f} {how}" for how, n in figures["subjects_by_change"].items())
        out.print(
            f"  {shots} shots: {figures['subjects']} people, {figures['test_images']} test "
            f"pictures; a draw has {change} people"
        )
        table.add_row(shots, *_cells(figures["accuracy"]), *_cells(figures["macro_recall"]))
    for name in FER2013:
        row = [f["recall"].get(name) if f["subjects"] else None for f in result["shots"].values()]
        if any(row):
            recall.add_row(name, *(_cells(figures)[0] if figures else "-" for figures in row))
    out.print(table)
    out.print(recall)


def _cells(figures: dict[str, float]) -> tuple[str, str]:
    """`before → after`, and the gain with its spread, in percent."""
    return (
        f"{100 * figures['before']:.1f} → {100 * figures['after']:.1f} %",
        f"{100 * figures['gain']:+.1f} ± {100 * figures['gain_std']:.1f}",
    )
