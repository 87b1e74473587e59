"""Databases of other versions are brought up or left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from overlay.errors import StoreError
from overlay.monitor import schema
from overlay.monitor.database import recording_lock
from overlay.monitor.records import Mark, Reflection
from overlay.monitor.store import Store
from tests.monitor.small_sessions import second


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path: Path):
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    before = path.read_bytes()
    for recording in (False, True):
        with pytest.raises(StoreError, match=r"newer version of Emotion Overlay: install that"):
            Store.open(path, recording=recording)
    assert path.read_bytes() == before
    lock = recording_lock(path)
    assert lock is not None, "the lock was given back"
    lock.release()


def test_a_database_of_an_older_version_is_brought_up(path: Path):
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, [["CREATE TABLE a (x)"]])
    connection.execute("INSERT INTO a VALUES (1)")
    schema.migrate(
        connection, [["CREATE TABLE a (x)"], ["ALTER TABLE a ADD y", "UPDATE a SET y=2"]]
    )
    assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]
    assert schema.version_of(connection) == 2
    connection.close()


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
def test_sessions_of_older_versions_are_still_there(path: Path, version: int):
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, schema.MIGRATIONS[:version])
    connection.execute(
        "INSERT INTO session VALUES (1, 'Physics', 1e9, 1e9 + 2, 0, 'stopped', '1', '2')"
    )
    values = (1, 0.0, 1e9, 1.0, 1.0, 0.0, *[0.125] * 7, "happy", 1.0, 2.0, 8.0, 0.0, 0.3, 0.0)
    # The second version has one more column, the third another.
    own = (None, 0)[: min(version, 3) - 1]
    places = ", ".join("?" * len(values + own))
    connection.execute(f"INSERT INTO second VALUES ({places})", values + own)
    connection.close()
    with Store.open(path, recording=True) as store:
        assert store.seconds(1) == [second(0)]
        store.append(1, [second(1)._replace(own="confused", unidentified=0.25)])
        assert [kept.own for kept in store.seconds(1)] == [None, "confused"]
        assert [kept.unidentified for kept in store.seconds(1)] == [0, 0.25]
        store.add_marks(1, [Mark(1.0, "here")])
        store.reflect(1, Reflection(1.0, "mark", "I was lost"))
        (told,) = store.sessions()
        assert (told.marks, told.goal) == ((Mark(1.0, "here"),), "")
        assert told.reflections == (Reflection(1.0, "mark", "I was lost"),)


def test_a_migration_that_fails_changes_nothing(path: Path):
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, [["CREATE TABLE a (x)"], ["CREATE TABLE b (x)", "NONSENSE"]])
    assert schema.version_of(connection) == 0
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
