"""A student's sessions in an SQLite file: numbers for each second, never pictures."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from overlay.errors import StoreError
from overlay.host.file_lock import FileLock
from overlay.language import LazyText, _
from overlay.monitor import database, schema
from overlay.monitor.database import one_line
from overlay.monitor.records import EndedHow, Mark, Reflection, Second, Session
from overlay.scene import EMOTIONS

__all__ = ["Second", "Session", "Store"]

_N = len(EMOTIONS)
# Of the table `second`, in the order of the fields of `Second`.
_COLUMNS = (
    *("time_s", "clock", "observed_s", "present", "unsure", *EMOTIONS, "label"),
    *("yaw_deg", "pitch_deg", "pose_error_deg", "away", "size", "dark", "own", "unidentified"),
)


class Store:
    """A student's database: WAL, owner-only, schema versioned.

    Use it from one thread at a time, and close it.

    Attributes:
        path: The SQLite file.
        notice: A line for the user, for example that a damaged database was set aside or that
            damaged rows were left out, or None.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock | None) -> None:
        """Use `open`."""
        self.path = path
        self.notice: str | None = None
        self._connection = connection
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, recording: bool = False) -> Store:
        """Open a database, or create an empty one.

        A damaged database is renamed to `NAME.corrupt-DATE`, and a new one is started with what can
        be read of it. Sessions that are marked as running although nobody records are set to
        `interrupted`. Only for these two does a reader take the recording lock, for a moment; a
        recorder waits that long.

        Args:
            path: The SQLite file, in an existing folder.
            recording: Whether to record into it, which only one open store may.

        Raises:
            StoreError: It is of a newer version, cannot be opened, or is being recorded into.
        """
        with one_line(path):
            lock = database.recording_lock(path, database.PATIENCE_S) if recording else None
            if recording and lock is None:
                raise StoreError(
                    LazyText(
                        "{name} is already being recorded: stop that recording first",
                        name=path.parent.name,
                    )
                )
            try:
                connection, notice = database.connect(path, lock)
                store = cls(path, connection, lock)
                store.notice = notice
                store._end_interrupted()
            except BaseException:
                if lock is not None:
                    lock.release()
                raise
            return store

    def sessions(self) -> list[Session]:
        """All sessions, oldest first; damaged ones are left out, and `notice` says so."""
        with one_line(self.path):
            pauses = self._parts("pause", "began, coalesce(ended, began)", "began")
            marks = self._parts("mark", "time_s, note", "time_s")
            goals = self._parts("goal", "goal", "session_id")
            reflections = self._parts("reflection", "time_s, kind, words", "time_s, kind")
            rows = self._sound_rows(
                "session",
                "id, title, began, ended, utc_offset_s, ended_how, app_version, model_version",
                "ORDER BY began, id",
            )
            sessions = []
            for row in rows:
                number = row[0]
                parts = (
                    tuple(pauses[number]),
                    tuple(Mark(*mark) for mark in marks[number]),
                    "".join(goal for (goal,) in goals[number]),
                    tuple(Reflection(*kept) for kept in reflections[number]),
                )
                sessions.append(Session(*(*row, *parts)))
            return sessions

    def seconds(self, session_id: int) -> list[Second]:
        """The seconds of a session, in order; empty if there is no such session.

        Damaged ones are left out, and `notice` says so.
        """
        with one_line(self.path):
            order = "WHERE session_id = ? ORDER BY time_s"
            rows = self._sound_rows("second", ", ".join(_COLUMNS), order, session_id)
            return [_to_second(row) for row in rows]

    def begin_session(
        self,
        *,
        title: str,
        began: float,
        utc_offset_s: int,
        app_version: str,
        model_version: str,
        goal: str = "",
    ) -> int:
        """Note that a session is running.

        Returns:
            Its number.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            row = (title, began, utc_offset_s, "running", app_version, model_version)
            cursor = connection.execute(
                "INSERT INTO session (title, began, utc_offset_s, ended_how, app_version,"
                " model_version) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            number = int(cursor.lastrowid or 0)
            if goal:
                connection.execute("INSERT INTO goal VALUES (?, ?)", (number, goal))
            return number

    def append(self, session_id: int, seconds: Sequence[Second]) -> None:
        """Write seconds, all or none; they are on the disk when this returns.

        They replace seconds with the same time.

        Raises:
            StoreError: They cannot be written: disk full, file locked.
        """
        rows = [(session_id, *s[:5], *(s.probabilities or (None,) * _N), *s[6:]) for s in seconds]
        names, places = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
        with self._transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO second (session_id, {names}) VALUES (?, {places})", rows
            )

    def set_pauses(self, session_id: int, pauses: Sequence[tuple[float, float]]) -> None:
        """Replace the pauses of a session, given in UTC epoch seconds.

        Raises:
            StoreError: They cannot be written.
        """
        with self._transaction() as connection:
            connection.execute("DELETE FROM pause WHERE session_id = ?", (session_id,))
            rows = [(session_id, *pause) for pause in pauses]
            connection.executemany("INSERT INTO pause VALUES (?, ?, ?)", rows)

    def add_marks(self, session_id: int, marks: Sequence[Mark]) -> None:
        """Write marks, all or none; they replace marks with the same time.

        Raises:
            StoreError: They cannot be written.
        """
        rows = [(session_id, *mark) for mark in marks]
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)", rows)

    def reflect(self, session_id: int, reflection: Reflection) -> None:
        """Write what the student says about a moment; it replaces what was there.

        Raises:
            StoreError: It cannot be written, or there is no such session.
        """
        time_s, kind, words = reflection
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM reflection WHERE session_id = ? AND time_s = ? AND kind = ?",
                (session_id, time_s, kind),
            )
            if words:
                connection.execute(
                    "INSERT INTO reflection VALUES (?, ?, ?, ?)", (session_id, *reflection)
                )

    def end_session(self, session_id: int, *, ended: float, how: EndedHow) -> None:
        """Note when and how a session ended.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            connection.execute(
                "UPDATE session SET ended = ?, ended_how = ? WHERE id = ?",
                (ended, how, session_id),
            )

    def erase(self, before: float | None = None) -> int:
        """Delete sessions so that no trace is left in the database's files.

        Deleted content is overwritten with zeros, the database is rebuilt, and the WAL is
        overwritten and emptied.

        Args:
            before: Only sessions that began before this time, in UTC epoch seconds; None for all.

        Returns:
            How many sessions were deleted.

        Raises:
            StoreError: A session is being recorded elsewhere, or another program has the database
                open.
        """
        with self._alone() as alone:
            if not alone:
                raise StoreError(
                    LazyText(
                        "{name} is being recorded: stop that recording first",
                        name=self.path.parent.name,
                    )
                )
            with self._transaction() as connection:
                deleted = connection.execute(
                    "DELETE FROM session WHERE ? IS NULL OR began < ?", (before, before)
                )
                if before is None:  # and what a damaged database holds beside sessions
                    for table in schema.PARTS:
                        connection.execute(f"DELETE FROM {table}")
            with one_line(self.path):
                database.rebuild(self._connection, self.path)
        return deleted.rowcount

    def close(self) -> None:
        """Close the file; safe to call twice."""
        database.close(self._connection, self.path)
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _parts(self, table: str, columns: str, order: str) -> dict[int, list[Any]]:
        """The sound rows of a table by session."""
        found: dict[int, list[Any]] = defaultdict(list)
        for number, *row in self._sound_rows(table, f"session_id, {columns}", f"ORDER BY {order}"):
            found[number].append(tuple(row))
        return found

    def _sound_rows(self, table: str, columns: str, order: str, *values: Any) -> list[Any]:
        """The rows of a table that are not damaged; sets `notice` if others were left out."""
        rows = self._connection.execute(
            f"SELECT ({schema.SOUND[table]}) IS TRUE, {columns} FROM {table} {order}", values
        ).fetchall()
        sound = [row[1:] for row in rows if row[0]]
        if len(sound) < len(rows):
            self.notice = self.notice or _("{path} is damaged: some of it was left out").format(
                path=self.path
            )
        return sound

    def _end_interrupted(self) -> None:
        running = "SELECT EXISTS (SELECT * FROM session WHERE ended_how = 'running')"
        if not self._connection.execute(running).fetchone()[0]:
            return
        with self._alone() as alone:
            if alone:
                self._set_interrupted()

    def _set_interrupted(self) -> None:
        with self._transaction() as connection:
            connection.execute(
                "UPDATE session SET ended_how = 'interrupted', ended = coalesce("
                "(SELECT max(clock) + 1 FROM second WHERE session_id = id), began)"
                " WHERE ended_how = 'running'"
            )

    def _alone(self) -> contextlib.AbstractContextManager[bool]:
        return database.alone(self.path, self._lock)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with one_line(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors, such as a full disk, SQLite has already rolled back.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _to_second(row: tuple[Any, ...]) -> Second:
    probabilities = row[5 : 5 + _N]
    known = None if probabilities[0] is None else tuple(probabilities)
    return Second(*(*row[:5], known, *row[5 + _N :]))
