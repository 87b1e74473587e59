"""Reads what can still be read of a damaged database, row by row.

SQLite finds a row by its key through the pages above it. Where a page is damaged, the rows in it
are passed over and reading goes on behind them, as far as pages can be reached. That is less than
the shell's `.recover` does (https://sqlite.org/recovery.html), which the module `sqlite3` lacks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from overlay.monitor import schema

Row = tuple[Any, ...]

_SESSION = (
    *("id", "title", "began", "ended", "utc_offset_s", "ended_how"),
    *("app_version", "model_version"),
)
#: The columns and the key of the small tables whose rows belong to a session.
_PARTS = {
    "pause": (("session_id", "began", "ended"), "rowid"),
    "mark": (("session_id", "time_s", "note"), "time_s"),
    "goal": (("session_id", "goal"), "session_id"),
    "reflection": (("session_id", "time_s", "kind", "words"), "rowid"),
}
_WRITTEN = frozenset({"title", "ended_how", "app_version", "model_version"}) | frozenset(
    {"note", "goal", "kind", "words"}
)
_TEXTS = _WRITTEN | {"label", "own"}
_NEVER_NULL = _WRITTEN | {*_SESSION, "session_id", "time_s", "clock"} - {"ended"}

#: Behind a damaged page, reading is tried again at a key so much larger, no more often than this.
_STEP, _MOST_STEPS = 5, 20_000
#: Session numbers, and times and other numbers, above these are damage. This is the year 5138.
_MOST_SESSIONS, _MOST = 100_000, 1e11


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was read of a damaged database.

    Attributes:
        image: A new database with it, as the content of a file.
        sessions: How many sessions it holds.
        seconds: How many seconds they have together.
    """

    image: bytes
    sessions: int
    seconds: int


def salvage(path: Path) -> Salvaged:
    """Read what can be read, and change nothing.

    Raises:
        OSError: The file cannot be read at all.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        schema.migrate(new)
        path.stat()
        # Names of tables that are no UTF-8 any more are a UnicodeDecodeError.
        with suppress(sqlite3.DatabaseError, UnicodeDecodeError), closing(_open(path)) as old:
            _copy(old, new)
        sessions, seconds = (
            new.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("session", "second")
        )
        return Salvaged(new.serialize(), sessions, seconds)


def _open(path: Path) -> sqlite3.Connection:
    """Open a database for reading, with what its log holds; neither is changed."""
    old = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    old.text_factory = lambda text: text.decode(errors="replace")
    return old


def _copy(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    seconds_have = _common_columns(old, new)
    if not {"session_id", "time_s", "clock"} <= set(seconds_have):
        return
    sound = _rows(old, "session", _SESSION, "id", schema.SOUND["session"])
    sessions = {row[0]: row for row in sound}
    for number in range(1, _last_session(old, sessions) + 1):
        of_session = f"session_id = {number}"
        seconds = _rows(old, "second", seconds_have, "time_s", of_session)
        if number not in sessions and not seconds:
            continue
        session = sessions.get(number) or _without_session(number, seconds_have, seconds)
        _insert(new, "session", _SESSION, [session])
        _insert(new, "second", seconds_have, seconds)
        for table, (columns, key) in _PARTS.items():
            where = f"{of_session} AND {schema.SOUND[table]}"
            _insert(new, table, columns, _rows(old, table, columns, key, where))
    new.execute(f"DELETE FROM second WHERE ({schema.SOUND['second']}) IS NOT TRUE")
    # Where keys are damaged, SQLite takes rows of other sessions for those of this one.
    for table in schema.PARTS:
        new.execute(f"DELETE FROM {table} WHERE session_id NOT IN (SELECT id FROM session)")


def _common_columns(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """The columns of `second`, of which older databases have fewer, and damaged ones others."""
    names = [[row[1] for row in each.execute("PRAGMA table_info(second)")] for each in (old, new)]
    return [name for name in names[1] if name in names[0]]


def _rows(
    old: sqlite3.Connection, table: str, columns: Sequence[str], key: str, where: str
) -> list[Row]:
    """The sound rows of a table that can be read, by their key, which is a number."""
    found: dict[float, Row] = {}
    last, ended = _read(old, table, columns, key, f"{where} ORDER BY {key}", found)
    if not ended:
        first, _ = _read(old, table, columns, key, f"{where} ORDER BY {key} DESC", found)
        for _ in range(_MOST_STEPS):
            start = 1 if last is None else last + _STEP
            if first is None or start >= first:
                break
            behind = f"{where} AND {key} >= {start} AND {key} < {first} ORDER BY {key}"
            last, ended = _read(old, table, columns, key, behind, found)
            if ended:
                break
            last = start if last is None else last
    return [found[value] for value in sorted(found)]


def _read(
    old: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    key: str,
    which: str,
    found: dict[float, Row],
) -> tuple[float | None, bool]:
    """Read rows until the end or a damaged page; the last key, and whether it was the end."""
    last: float | None = None
    try:
        for value, *row in old.execute(
            f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE {which}"
        ):
            if isinstance(value, int | float) and abs(value) < _MOST:
                last = value
                if all(map(_is_sound, columns, row)):
                    found[value] = tuple(row)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return last, False
    return last, True


def _last_session(old: sqlite3.Connection, sessions: Iterable[int]) -> int:
    numbers = [*sessions]
    for query in (
        "SELECT seq FROM sqlite_sequence WHERE name = 'session'",
        "SELECT session_id FROM second ORDER BY session_id DESC LIMIT 1",
    ):
        with suppress(sqlite3.DatabaseError):
            numbers += [row[0] for row in old.execute(query) if isinstance(row[0], int)]
    return max((number for number in numbers if number <= _MOST_SESSIONS), default=0)


def _without_session(number: int, columns: Sequence[str], seconds: Sequence[Row]) -> Row:
    """What a session must have been, going by its seconds."""
    time_s, clock = columns.index("time_s"), columns.index("clock")
    began = min(row[clock] - row[time_s] for row in seconds)
    ended = max(row[clock] for row in seconds) + 1
    offset_s = datetime.fromtimestamp(began).astimezone().utcoffset() or timedelta()
    return (number, "", began, ended, int(offset_s.total_seconds()), "interrupted", "", "")


def _is_sound(column: str, value: Any) -> bool:
    """Whether a value has the type of its column, and a number is one that can be meant."""
    if value is None:
        return column not in _NEVER_NULL
    if column in _TEXTS:
        return isinstance(value, str)
    return isinstance(value, int | float) and abs(value) < _MOST


def _insert(
    new: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """Insert rows, except those that the schema forbids."""
    places = ", ".join("?" * len(columns))
    new.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
