"""An unfinished lesson on the disk, so that the board goes on after a restart.

It holds what the board has shown, and its key; nothing about single members. It is overwritten and
deleted when the class ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overlay.classroom.codes import Broker
from overlay.classroom.lesson import Lesson, Row, TeacherMark
from overlay.classroom.shares import Shares
from overlay.classroom.states import STATES
from overlay.errors import ClassError
from overlay.host.private_folder import make_private_folder
from overlay.host.resources import data_dir
from overlay.language import LazyText
from overlay.monitor import owner_only

_VERSION = 1


@dataclass(frozen=True, slots=True)
class OpenClass:
    """What goes on after a restart.

    Attributes:
        seed: Of the board's keys.
        broker: Where the class meets.
        interval: The number of the last interval.
        lesson: What was shown.
    """

    seed: bytes
    broker: Broker
    interval: int
    lesson: Lesson


def classes_dir() -> Path:
    """The folder with the pages of finished classes and the file of an unfinished one.

    Raises:
        ClassError: It cannot be made, or others can get into it.
    """
    folder = data_dir() / "classes"
    try:
        make_private_folder(folder)
    except OSError as error:
        raise ClassError(
            LazyText(
                "{folder} cannot be used: {reason}", folder=folder, reason=error.strerror or error
            )
        ) from error
    return folder


def open_class_path() -> Path:
    """The file of the unfinished class; it may not be there."""
    return classes_dir() / "open.json"


def save_class(path: Path, unfinished: OpenClass) -> None:
    """Write an unfinished class.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    lesson = unfinished.lesson
    owner_only.write_json(
        path,
        {
            "version": _VERSION,
            "seed": unfinished.seed.hex(),
            "broker": [getattr(unfinished.broker, name) for name in Broker.__slots__],
            "interval": unfinished.interval,
            "title": lesson.title,
            "began": lesson.began,
            "utc_offset_s": lesson.utc_offset_s,
            "rows": [_from_row(row) for row in lesson.rows],
            "marks": [[mark.clock, mark.note] for mark in lesson.marks],
        },
    )


def load_class(path: Path) -> OpenClass | None:
    """Read the unfinished class; None if there is none.

    Raises:
        ClassError: The file cannot be read.
    """
    try:
        known = json.loads(path.read_bytes())
        if known["version"] != _VERSION:
            raise ValueError
        return OpenClass(
            bytes.fromhex(known["seed"]),
            Broker(*known["broker"]),
            int(known["interval"]),
            Lesson(
                str(known["title"]),
                float(known["began"]),
                int(known["utc_offset_s"]),
                [_to_row(row) for row in known["rows"]],
                [TeacherMark(float(clock), str(note)) for clock, note in known["marks"]],
            ),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ClassError(
            LazyText(
                "the unfinished class in {path} cannot be read: delete the file to "
                "open a new class",
                path=path,
            )
        ) from error


def _from_row(row: Row) -> list[Any]:
    shares = row.shares
    shown = None if shares is None else [shares.step, shares.members, *shares.percent.values()]
    return [round(row.clock, 1), row.sharing, shown]


def _to_row(known: list[Any]) -> Row:
    clock, sharing, shown = known
    if shown is None:
        return Row(float(clock), int(sharing), None)
    step, members, *shares = map(int, shown)
    percent: Mapping[str, int] = dict(zip(STATES, shares, strict=True))
    return Row(float(clock), int(sharing), Shares(percent, step, members))
