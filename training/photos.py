"""What a user sees on whole pictures: ``python -m training.evaluate --photos DIR``.

Pictures of any size and colour go through detector, crop, network and operating point as in
`emotion-overlay analyze`. Only the largest face of a picture counts. It is shown as an emotion or
as unsure, or it is missed; only the right emotion counts towards recall.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from overlay.perception import Networks, Perception
from overlay.perception.classifier import Sensitivity
from overlay.scene import EMOTIONS, UNSURE, Frame
from training.data import IMAGE_SUFFIXES
from training.errors import LabelError
from training.metrics import wilson_interval
from training.people import compiled, emotion_named

#: What is shown of a picture in which no face was found.
MISSED = "missed"
#: A group this much below the mean recall, with at least so many people, is pointed out.
BELOW, FEWEST = 0.12, 10

_LIST = "labels.csv"


@dataclass(frozen=True)
class Photo:
    """A picture.

    Attributes:
        path: where it lies.
        label: what it shows, one of `overlay.scene.EMOTIONS`.
        person: who it is, or None if unknown.
    """

    path: Path
    label: str
    person: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What the application makes of a picture.

    Attributes:
        photo: the picture.
        shown: an emotion, `UNSURE`, or `MISSED`.
        best: the most probable emotion, shown or not, or `MISSED`.
    """

    photo: Photo
    shown: str
    best: str

    @property
    def right(self) -> bool:
        """Whether the user sees what the picture shows."""
        return self.shown == self.photo.label


def find_photos(folder: Path, subjects: str | None = None) -> list[Photo]:
    """The pictures of a folder with class-named folders, or with a ``labels.csv``.

    Args:
        folder: pictures at any depth under folders named after classes; or beside a list of file,
            expression and person.
        subjects: regular expression whose first group in a file's name is the person.

    Raises:
        LabelError: the folder, the list or the expression cannot be used, or nothing is left.
    """
    if not folder.is_dir():
        raise LabelError(f"{folder}: no such folder")
    pattern = compiled(subjects) if subjects is not None else None
    listed = (folder / _LIST).is_file()
    photos = list(_listed(folder) if listed else _sorted_into_folders(folder))
    if pattern is not None:
        photos = [Photo(p.path, p.label, _person(pattern, p.path)) for p in photos]
    if not photos:
        raise LabelError(f"{folder}: no picture in a folder named after an emotion, nor in {_LIST}")
    return photos


def _listed(folder: Path) -> Iterator[Photo]:
    try:
        with (folder / _LIST).open(newline="", encoding="utf-8") as file:
            rows = [(r["file"], r["expression"], r.get("person")) for r in csv.DictReader(file)]
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise LabelError(f"{folder / _LIST}: needs the columns file and expression") from None
    for name, expression, person in rows:
        label = _emotion(expression)
        if label is None:
            raise LabelError(f"{folder / _LIST}: {expression!r} is not shown by the application")
        yield Photo(folder / name, label, person or None)


def _sorted_into_folders(folder: Path) -> Iterator[Photo]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        names = [parent.name for parent in path.relative_to(folder).parents if parent.name]
        labels = [label for name in names if (label := _emotion(name)) is not None]
        if labels:
            yield Photo(path, labels[0])


def _emotion(name: str) -> str | None:
    place = emotion_named(name)
    return EMOTIONS[place] if place is not None and place < len(EMOTIONS) else None


def _person(pattern: re.Pattern[str], path: Path) -> str | None:
    match = pattern.search(path.name)
    return match.group(1) if match else None


def read_groups(path: Path) -> dict[str, dict[str, str]]:
    """Attributes of people by person; the first column of the csv is the person.

    Raises:
        LabelError: the csv cannot be used.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelError(f"{path}: not a readable csv ({error})") from None
    if not rows or len(rows[0]) < 2:
        raise LabelError(f"{path}: needs a column of people and one of what they have in common")
    names = rows[0][1:]
    return {row[0]: dict(zip(names, row[1:], strict=False)) for row in rows[1:] if row}


def look_at(
    photos: Sequence[Photo], model: Path, sensitivity: Sensitivity = "balanced"
) -> list[Verdict]:
    """What the application shows of each picture; one that cannot be read counts as missed."""
    verdicts = []
    with Perception(Networks(model, sensitivity=sensitivity), smooth=False) as perception:
        for number, photo in enumerate(photos):
            raw = np.fromfile(photo.path, np.uint8) if photo.path.is_file() else np.empty(0)
            image = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
            emotion = None
            if image is not None:
                frame = Frame(np.asarray(image, np.uint8), float(number), number)
                faces = perception.perceive(frame).faces
                emotion = faces[0].emotion if faces else None
            if emotion is None:
                verdicts.append(Verdict(photo, MISSED, MISSED))
                continue
            best = EMOTIONS[int(np.argmax(emotion.probabilities))]
            verdicts.append(Verdict(photo, emotion.label, best))
    return verdicts


def summarise(
    verdicts: Sequence[Verdict], groups: dict[str, dict[str, str]] | None = None
) -> dict[str, Any]:
    """Figures of each class, of people and of groups of people."""
    classes = {
        name: _class_figures([v for v in verdicts if v.photo.label == name])
        for name in EMOTIONS
        if any(v.photo.label == name for v in verdicts)
    }
    six = [figures["recall"] for name, figures in classes.items() if name != "neutral"]
    result: dict[str, Any] = {
        "pictures": len(verdicts),
        "classes": classes,
        "mean_recall": _rounded(np.mean([figures["recall"] for figures in classes.values()])),
        "mean_recall_of_six": _rounded(np.mean(six)) if six else None,
    }
    people = {v.photo.person for v in verdicts if v.photo.person is not None}
    if people:
        result["people"] = _people_figures(verdicts)
    if groups is not None:
        result["groups"] = _group_figures(verdicts, groups)
    return result


def _class_figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    count = len(verdicts)
    right = sum(v.right for v in verdicts)
    shown = Counter(v.shown for v in verdicts)
    low, high = wilson_interval(right, count)
    return {
        "pictures": count,
        "recall": _rounded(right / count),
        "interval": [_rounded(low), _rounded(high)],
        "unsure": _rounded(shown[UNSURE] / count),
        "missed": _rounded(shown[MISSED] / count),
        "best_recall": _rounded(sum(v.best == v.photo.label for v in verdicts) / count),
        "taken_for": {
            name: number
            for name, number in shown.most_common()
            if name not in (verdicts[0].photo.label, UNSURE, MISSED)
        },
    }


def _people_figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """How recall spreads over people, who count the same however many pictures they have."""
    shares = {
        person: float(np.mean([v.right for v in verdicts if v.photo.person == person]))
        for person in sorted({v.photo.person for v in verdicts if v.photo.person is not None})
    }
    values = list(shares.values())
    return {
        "people": len(shares),
        "mean_recall": _rounded(float(np.mean(values))),
        "lowest_tenth": _rounded(np.quantile(values, 0.1)),
        "all_right": sum(value == 1 for value in values),
        "all_wrong": sorted(person for person, value in shares.items() if value == 0),
    }


def _group_figures(
    verdicts: Sequence[Verdict], groups: dict[str, dict[str, str]]
) -> list[dict[str, Any]]:
    """Recall of each class in each group, worst first within an attribute."""
    attributes = list(dict.fromkeys(name for person in groups.values() for name in person))
    rows = []
    for attribute in attributes:
        members = _members(attribute, groups)
        for value, people in members.items():
            inside = [v for v in verdicts if v.photo.person in people]
            if not inside:
                continue
            for label in EMOTIONS:
                everyone = [v for v in verdicts if v.photo.label == label]
                own = [v for v in inside if v.photo.label == label]
                if not own:
                    continue
                figures = _class_figures(own)
                overall = float(np.mean([v.right for v in everyone]))
                count = len({v.photo.person for v in own})
                gap = figures["recall"] - overall
                rows.append(
                    {
                        "attribute": attribute,
                        "group": value,
                        "people": count,
                        "label": label,
                        "recall": figures["recall"],
                        "interval": figures["interval"],
                        "gap": _rounded(gap),
                        "below": bool(count >= FEWEST and gap < -BELOW),
                    }
                )
    return rows


def _members(attribute: str, groups: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """People by their value of an attribute; numbers are split at the median."""
    values = {person: has[attribute] for person, has in groups.items() if has.get(attribute)}
    numbers = {person: number for person, v in values.items() if (number := _number(v)) is not None}
    if len(set(numbers.values())) > FEWEST:
        middle = float(np.median(list(numbers.values())))
        values = {
            p: f"up to {middle:g}" if n <= middle else f"above {middle:g}"
            for p, n in numbers.items()
        }
    members: dict[str, set[str]] = {}
    for person, value in values.items():
        members.setdefault(value, set()).add(person)
    return dict(sorted(members.items()))


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _rounded(value: float) -> float:
    return round(float(value), 4)


def print_photos(result: dict[str, Any]) -> None:
    """The report as tables for people."""
    out = Console()
    mean = f"mean recall {result['mean_recall']:.1%}"
    if result["mean_recall_of_six"] is not None:
        mean += f", without neutral {result['mean_recall_of_six']:.1%}"
    out.print(f"{result['pictures']} pictures, {mean}")
    table = Table(
        "", "pictures", "recall", "95 %", "unsure", "missed", "if never unsure", "taken for"
    )
    for name, figures in result["classes"].items():
        taken = ", ".join(f"{other} {number}" for other, number in figures["taken_for"].items())
        table.add_row(
            name,
            str(figures["pictures"]),
            f"{figures['recall']:.1%}",
            _interval(figures["interval"]),
            f"{figures['unsure']:.1%}",
            f"{figures['missed']:.1%}",
            f"{figures['best_recall']:.1%}",
            taken or "-",
        )
    out.print(table)
    if "people" in result:
        people = result["people"]
        out.print(
            f"{people['people']} people: mean recall {people['mean_recall']:.1%}, a tenth of them "
            f"has {people['lowest_tenth']:.1%} or less; all right for {people['all_right']}, "
            f"all wrong for {len(people['all_wrong'])}"
        )
    if "groups" in result:
        groups = Table("group", "people", "shows", "recall", "95 %", "to the mean", "")
        for row in result["groups"]:
            groups.add_row(
                f"{row['attribute']}: {row['group']}",
                str(row["people"]),
                row["label"],
                f"{row['recall']:.1%}",
                _interval(row["interval"]),
                f"{100 * row['gap']:+.1f}",
                "below" if row["below"] else "few people" if row["people"] < FEWEST else "",
            )
        out.print(groups)


def _interval(interval: Sequence[float]) -> str:
    return f"{interval[0]:.1%} to {interval[1]:.1%}"
