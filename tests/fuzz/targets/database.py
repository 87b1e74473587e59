"""A student's SQLite file, with flipped bits or cells of the wrong kind: sessions or one line."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay.errors import OverlayError
from overlay.monitor.erasing import erase_sessions
from overlay.monitor.export import export_student
from overlay.monitor.records import Reflection
from overlay.monitor.report import make_report
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student
from tests.fuzz.inputs import Input, as_json, damaged
from tests.monitor.lessons import record, second, seconds, session


def inputs() -> st.SearchStrategy[Input]:
    """A recorded session's database, damaged, cut off, or with other values in its cells."""
    return st.one_of(
        damaged(_sound()).map(lambda content: Input("sessions.sqlite", content)),
        st.binary(max_size=200).map(lambda content: Input("sessions.sqlite-wal", content)),
        st.lists(st.tuples(_cells, _values), min_size=1, max_size=4).map(
            lambda changes: as_json(changes, "cells.json")
        ),
    )


def read(input: Input, folder: Path) -> None:
    """Make a report and an export, go on recording, and erase."""
    with mock.patch.dict(os.environ, EMOTION_OVERLAY_STUDENTS_DIR=str(folder / "students")):
        student = add_student("Ada")
        student.store_path.write_bytes(_sound())
        if input.name == "cells.json":
            _change(student.store_path, input.content)
        else:
            student.store_path.with_name(input.name).write_bytes(input.content)
        _use(student, folder)


def _use(student: Student, folder: Path) -> None:
    with contextlib.suppress(OverlayError):
        make_report(student, ["html", "csv", "json"])
    with contextlib.suppress(OverlayError):
        export_student(student, folder / "me.zip")
    with contextlib.suppress(OverlayError), Store.open(student.store_path, recording=True) as store:
        number = store.begin_session(
            title="", began=1.0, utc_offset_s=0, app_version="", model_version=""
        )
        store.append(number, [second(0, "happy")])
    with Store.open(student.store_path) as store:
        erase_sessions(student, store)
    files = (path for path in student.folder.rglob("*") if path.is_file())
    left = [
        path.name
        for path in files
        if any(text in path.read_bytes() for text in (_TITLE, _NOTE.encode()))
    ]
    assert not left, f"erased, but {left} still hold a session's title or a note"


@cache
def _sound() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        student = Student("Ada", Path(folder))
        record(
            student,
            session(30, marks=[(7, _NOTE)], goal="happy every 1 minutes"),
            seconds(("happy", 10), (None, 5), ("unsure", 15)),
        )
        record(student, session(5, began=1795266000.0), seconds(("sad", 5)))
        with Store.open(student.store_path) as store:
            store.reflect(1, Reflection(7.0, "mark", _NOTE))
        return student.store_path.read_bytes()


#: The title of the recorded sessions.
_TITLE = b"Physics, lesson 4"
#: The note of a mark, and what is written about it afterwards.
_NOTE = "the question about springs"

_COLUMNS = {
    "session": "id title began ended utc_offset_s ended_how app_version model_version",
    "pause": "session_id began ended",
    "mark": "session_id time_s note",
    "goal": "session_id goal",
    "reflection": "session_id time_s kind words",
    "second": "session_id time_s clock observed_s present unsure angry neutral label yaw_deg "
    "pitch_deg pose_error_deg away size dark own unidentified",
}
_cells = st.sampled_from(
    [f"{table}.{column}" for table, columns in _COLUMNS.items() for column in columns.split()]
)
#: As SQL.
_values = st.sampled_from(
    (
        *("NULL", "''", "'x'", "x'00ff'", "-1", "0", "1e308", "-1e308", "9e999", "'a\nb'", "2e10"),
        *("9223372036854775807", "'2026-01-01'", "'<b>'", "CAST(x'ff' AS TEXT)", "5e-324", "1e15"),
    )
)


def _change(path: Path, content: bytes) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for cell, value in json.loads(content):
            table, column = cell.split(".")
            with contextlib.suppress(sqlite3.Error):  # what its constraints refuse
                connection.execute(f"UPDATE {table} SET {column} = {value}")
