"""The tables of a student's database, and its migration from older versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from overlay.scene import EMOTIONS

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
)


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
