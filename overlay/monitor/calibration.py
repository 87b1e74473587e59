"""A student's calibration: what the network said about a few of their own pictures, as numbers.

A file in the profile holds embeddings and probabilities of these references, no pictures. It
belongs to one network, because it does not tell what another one would have said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from overlay.errors import ModelError, StudentError
from overlay.host import resources
from overlay.json_object import parse_object
from overlay.language import LazyText, _
from overlay.logs import keep_out
from overlay.models_store import read_json
from overlay.monitor import owner_only, profile_files
from overlay.monitor.students import Student
from overlay.perception.own_labels import FEWEST_REFERENCES, learn_own_labels, recognised_left_out
from overlay.perception.personal import Personal, References, leave_one_out
from overlay.perception.population import (
    Recall,
    load_population,
    recall_on,
    spared_expressions,
)
from overlay.scene import EMOTIONS, UNSURE

#: The most references that are kept of a label.
MOST_REFERENCES = 20

#: The share of its references that a label of the student's own should be recognised in.
_OFTEN = 0.8

_FORMAT = 1
_LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class Model:
    """Which network the numbers come from.

    Attributes:
        version: The version in its description, for people.
        sha256: The checksum of its file.
    """

    version: str
    sha256: str

    @classmethod
    def current(cls) -> Model:
        """The network that comes with the application.

        Raises:
            ModelError: Its description is missing or damaged.
        """
        description = read_json(resources.models_dir() / "emotion.json")
        return cls(str(description.get("version", "")), str(description.get("sha256", "")))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A student's references and the network that read them."""

    model: Model
    references: References


@dataclass(frozen=True, slots=True)
class Effect:
    """What a calibration does.

    Attributes:
        strength: How much the references count against the network; 0 if nothing changes, because
            references left out would not be read better.
        touched: The expressions whose probabilities change; those of the others never do.
        spared: Expressions without references that stay as they are, although some reference is
            mistaken for them, because they would be read too rarely.
        references: For each expression with references, how many of these the network reads
            correctly (`before`), and how many with a calibration that leaves each out (`after`).
        own: For each label of the student's own, how many of its references are recognised when
            each is left out, and how many there are.
        others: The same as `references` for other people's faces.
    """

    strength: float
    touched: tuple[str, ...]
    spared: tuple[str, ...]
    references: Mapping[str, Recall]
    own: Mapping[str, tuple[int, int]]
    others: Mapping[str, Recall]

    def is_seldom_recognised(self, own_label: str) -> bool:
        """Whether a label of the student's own is missed so often that it should be taken anew."""
        right, count = self.own[own_label]
        return right < _OFTEN * count


def check_label(label: str) -> str:
    """A label as it is kept: the name of an expression, or one of the student's own.

    Raises:
        StudentError: It cannot be used.
    """
    shown = " ".join(unicodedata.normalize("NFC", label).split())
    keep_out(label, shown)
    if shown.casefold() in (*EMOTIONS, UNSURE):
        shown = shown.casefold()
    kinds = [unicodedata.category(character)[0] for character in shown]
    plain = all(k in "LMN" or c in " '-" for k, c in zip(kinds, shown, strict=True))
    if shown == UNSURE or not plain or kinds[:1] != ["L"]:
        raise StudentError(
            LazyText(
                "{label!r} cannot be a label: use letters, digits and spaces, and not the "
                "word {unsure}",
                label=label,
                unsure=UNSURE,
            )
        )
    if len(shown) > _LONGEST_LABEL:
        raise StudentError(
            LazyText(
                "the label {shown!r} is too long: use at most {longest} letters",
                shown=shown,
                longest=_LONGEST_LABEL,
            )
        )
    return shown


def read_calibration(student: Student) -> Calibration | None:
    """What a student has calibrated, or None.

    Raises:
        StudentError: The file cannot be read.
    """
    path = student.folder / profile_files.CALIBRATION
    try:
        content = parse_object(path.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError("another format")
        return _from_json(content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise StudentError(
            LazyText(
                "{path} cannot be read ({reason}): `{command} --reset` removes it, then "
                "calibrate again",
                path=path,
                reason=type(error).__name__,
                command=_command(student),
            )
        ) from error


def add_references(student: Student, fresh: References) -> Calibration:
    """Keep references; they replace those of the same labels.

    Raises:
        StudentError: There are too few or too many of a label, or they cannot be written.
        ModelError: The network's description is missing or damaged.
    """
    calibration = with_references(student, fresh)
    keep_calibration(student, calibration)
    return calibration


def with_references(student: Student, fresh: References) -> Calibration:
    """What `add_references` would keep; nothing is kept yet.

    References of another network are dropped, because they mean nothing to this one.

    Raises:
        StudentError: There are too few or too many of a label, or the file cannot be read.
        ModelError: The network's description is missing or damaged.
    """
    for label, count in fresh.counts.items():
        if label not in EMOTIONS and count < FEWEST_REFERENCES:
            raise StudentError(
                LazyText(
                    "a label of your own needs at least {fewest} pictures: {label!r} has {count}",
                    fewest=FEWEST_REFERENCES,
                    label=label,
                    count=count,
                )
            )
        if count > MOST_REFERENCES:
            raise StudentError(
                LazyText(
                    "{label!r} has {count} pictures: use at most {most}",
                    label=label,
                    count=count,
                    most=MOST_REFERENCES,
                )
            )
    model, before = Model.current(), read_calibration(student)
    if before is not None and before.model.sha256 == model.sha256:
        kept = [label for label in before.references.counts if label not in fresh.counts]
        fresh = _join(before.references.of(kept), fresh)
    return Calibration(model, fresh)


def keep_calibration(student: Student, calibration: Calibration) -> None:
    """Keep a calibration in place of the one before.

    Raises:
        StudentError: It cannot be written.
    """
    path = student.folder / profile_files.CALIBRATION
    try:
        owner_only.replace(path, owner_only.as_json(_to_json(calibration)))
    except OSError as error:
        raise StudentError(
            LazyText("{path} cannot be written: {reason}", path=path, reason=error.strerror)
        ) from error


def reset_calibration(student: Student) -> bool:
    """Delete a student's calibration.

    Returns:
        Whether there was one.

    Raises:
        StudentError: It cannot be deleted.
    """
    path = student.folder / profile_files.CALIBRATION
    try:
        owner_only.delete(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StudentError(
            LazyText("{path} cannot be deleted: {reason}", path=path, reason=error.strerror)
        ) from error
    return True


def load_personal(student: Student) -> tuple[Personal | None, str | None]:
    """What adapts readings to a student, and a notice for the student; either can be None.

    A calibration that cannot be used does not keep a session from being recorded.

    Raises:
        ModelError: The network's description is missing or damaged.
    """
    try:
        calibration = read_calibration(student)
    except StudentError as error:
        return None, _("your calibration is not used: {reason}").format(reason=error)
    if calibration is None:
        return None, None
    model = Model.current()
    if calibration.model.sha256 != model.sha256:
        return None, _(
            "your calibration is not used: it was made with network {before}, and this is {now}; "
            "calibrate again with `{command}`"
        ).format(before=calibration.model.version, now=model.version, command=_command(student))
    try:
        return _personal(calibration), None
    except ModelError as error:
        return None, _("your calibration is not used: {reason}").format(reason=error)


def effect_of(calibration: Calibration) -> Effect:
    """How a calibration changes the reading of its own references, and of other people's faces.

    Raises:
        ModelError: The readings of other people's faces are missing.
    """
    references = calibration.references.of(EMOTIONS)
    own = _own(calibration.references)
    population = load_population(calibration.model.sha256)
    spared = spared_expressions(references, population)
    personal = Personal(references, spared=spared)
    learnt = own, _by_label(references), _by_label(population)
    return Effect(
        personal.strength,
        personal.touched,
        spared,
        _left_out(references, personal, spared),
        {name: (recognised_left_out(name, *learnt), len(rows)) for name, rows in own.items()},
        recall_on(population, personal),
    )


def _personal(calibration: Calibration) -> Personal:
    references, own = calibration.references.of(EMOTIONS), _own(calibration.references)
    population = load_population(calibration.model.sha256)
    spared = spared_expressions(references, population)
    if not own:
        return Personal(references, spared=spared)
    learnt = learn_own_labels(own, _by_label(references), _by_label(population))
    return Personal(references, spared=spared, own=learnt)


def _left_out(
    references: References, personal: Personal, spared: tuple[str, ...]
) -> dict[str, Recall]:
    after = leave_one_out(references, personal.strength, spared).argmax(axis=1)
    before = references.probabilities.argmax(axis=1)
    recalls = {}
    for label, count in references.counts.items():
        meant = EMOTIONS.index(label)
        rows = [i for i, other in enumerate(references.labels) if other == label]
        right = [int((read[rows] == meant).sum()) for read in (before, after)]
        recalls[label] = Recall(count, *right)
    return recalls


def _own(references: References) -> dict[str, npt.NDArray[np.floating]]:
    return {k: rows for k, rows in _by_label(references).items() if k not in EMOTIONS}


def _by_label(references: References) -> dict[str, npt.NDArray[np.floating]]:
    return {label: references.of([label]).embeddings for label in references.counts}


def _join(first: References, second: References) -> References:
    return References(
        first.labels + second.labels,
        np.concatenate([first.embeddings, second.embeddings]),
        np.concatenate([first.probabilities, second.probabilities]),
    )


def _to_json(calibration: Calibration) -> dict[str, Any]:
    references = calibration.references
    return {
        "format": _FORMAT,
        "model": {"version": calibration.model.version, "sha256": calibration.model.sha256},
        "references": [
            {"label": label, "probabilities": _short(read), "embedding": _short(embedding)}
            for label, read, embedding in zip(
                references.labels, references.probabilities, references.embeddings, strict=True
            )
        ],
    }


def _from_json(content: Mapping[str, Any]) -> Calibration:
    rows: Sequence[Mapping[str, Any]] = content["references"]
    labels = tuple(check_label(str(row["label"])) for row in rows)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
        embeddings = np.array([row["embedding"] for row in rows], np.float32)
        probabilities = np.array([row["probabilities"] for row in rows], np.float32)
    finite = np.isfinite(embeddings).all() and np.isfinite(probabilities).all()
    if not rows or embeddings.ndim != 2 or probabilities.shape != (len(rows), 7) or not finite:
        raise ValueError("malformed references")
    model = Model(str(content["model"]["version"]), str(content["model"]["sha256"]))
    return Calibration(model, References(labels, embeddings, probabilities))


def _short(values: Iterable[float]) -> list[float]:
    return [round(float(value), 5) for value in values]


def _command(student: Student) -> str:
    name = f'"{student.name}"' if " " in student.name else student.name
    return f"emotion-overlay calibrate --student {name}"
