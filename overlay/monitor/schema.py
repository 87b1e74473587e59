"""The tables of a student's database, and its migration from older versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import get_args

from overlay.monitor.records import EndedHow
from overlay.scene import EMOTIONS, UNSURE

_EMOTION_COLUMNS = ", ".join(f"{name} REAL" for name in EMOTIONS)

#: Step i migrates a database from version i to i + 1; published steps never change.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE session ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, began REAL NOT NULL,"
        " ended REAL, utc_offset_s INTEGER NOT NULL, ended_how TEXT NOT NULL,"
        " app_version TEXT NOT NULL, model_version TEXT NOT NULL)",
        "CREATE TABLE pause ("
        " session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,"
        " began REAL NOT NULL, ended REAL)",
        "CREATE INDEX pause_of_session ON pause (session_id)",
        "CREATE TABLE second ("
        " session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,"
        " time_s REAL NOT NULL, clock REAL NOT NULL, observed_s REAL NOT NULL,"
        f" present REAL NOT NULL, unsure REAL NOT NULL, {_EMOTION_COLUMNS}, label TEXT,"
        " yaw_deg REAL, pitch_deg REAL, pose_error_deg REAL, away REAL NOT NULL,"
        " size REAL, dark REAL NOT NULL,"
        " PRIMARY KEY (session_id, time_s)) WITHOUT ROWID",
    ),
    ("ALTER TABLE second ADD COLUMN own TEXT",),
    ("ALTER TABLE second ADD COLUMN unidentified REAL NOT NULL DEFAULT 0",),
    # Zeros that take the place of other content while a database is rebuilt; else empty.
    ("CREATE TABLE padding (zeros BLOB NOT NULL)",),
    (
        "CREATE TABLE mark ("
        " session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,"
        " time_s REAL NOT NULL, note TEXT NOT NULL,"
        " PRIMARY KEY (session_id, time_s)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE goal ("
        " session_id INTEGER PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,"
        " goal TEXT NOT NULL)",
        "CREATE TABLE reflection ("
        " session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,"
        " time_s REAL NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL,"
        " UNIQUE (session_id, time_s, kind))",
    ),
)

#: The tables whose rows belong to a session, by `session_id`.
PARTS = ("second", "pause", "mark", "goal", "reflection")

# What a damaged database may hold in place of what was written. Comparisons are false for a value
# of another kind, and unknown for one that is missing.
_CLOCK = "BETWEEN 0 AND 1e10"
_TIME_S = "time_s BETWEEN 0 AND 1e8"
_SHARES = ("observed_s", "present", "unsure", "away", "dark", "unidentified")
_DEGREES = ("yaw_deg", "pitch_deg", "pose_error_deg")
_LABELS = ", ".join(f"'{label}'" for label in (*EMOTIONS, UNSURE))
_ENDINGS = ", ".join(f"'{how}'" for how in get_args(EndedHow))

#: Conditions that hold for every row that was written, by table; a row for which one does not was
#: damaged later.
SOUND = {
    "session": (
        f"typeof(title) = 'text' AND began {_CLOCK} AND (ended IS NULL OR ended {_CLOCK})"
        f" AND utc_offset_s BETWEEN -86399 AND 86399 AND ended_how IN ({_ENDINGS})"
        " AND typeof(app_version) = 'text' AND typeof(model_version) = 'text'"
    ),
    "pause": f"began {_CLOCK} AND (ended IS NULL OR ended {_CLOCK})",
    "mark": f"{_TIME_S} AND typeof(note) = 'text'",
    "goal": "typeof(goal) = 'text'",
    "reflection": f"{_TIME_S} AND typeof(kind) = 'text' AND typeof(words) = 'text'",
    "second": " AND ".join(
        (
            f"{_TIME_S} AND clock {_CLOCK}",
            *(f"{name} BETWEEN 0 AND 1.001" for name in _SHARES),
            f"(({' AND '.join(f'{name} IS NULL' for name in EMOTIONS)}) OR"
            f" ({' AND '.join(f'{name} BETWEEN 0 AND 1.001' for name in EMOTIONS)}))",
            *(f"({name} IS NULL OR {name} BETWEEN -360 AND 360)" for name in _DEGREES),
            "(size IS NULL OR size BETWEEN 0 AND 100)",
            f"(label IS NULL OR label IN ({_LABELS}))",
            "(own IS NULL OR typeof(own) = 'text')",
        )
    ),
}


def version_of(connection: sqlite3.Connection) -> int:
    """The version of a database; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> None:
    """Migrate a database to the newest version, all or nothing.

    Args:
        connection: In autocommit mode.
        migrations: Statements of each step.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read inside the transaction: another process may just have migrated it.
        for step in migrations[version_of(connection) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
