"""What was damaged is left out and told of; what can be read is."""

from __future__ import annotations

from pathlib import Path

import pytest

from overlay.monitor.profile_files import damaged_databases
from overlay.monitor.store import Store
from tests.monitor.small_sessions import begin, second


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"This is no database. " * 500),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 9000),
        lambda path: path.write_bytes(path.read_bytes()[:-5000]),
    ],
    ids=["other content", "overwritten", "cut off"],
)
def test_a_damaged_database_is_kept_aside_and_a_new_one_begun(path: Path, damage):
    with Store.open(path, recording=True) as store:
        store.append(begin(store), [second(i) for i in range(500)])
    damage(path)
    before = path.read_bytes()
    with Store.open(path, recording=True) as store:
        assert store.notice is not None
        assert "\n" not in store.notice
        assert "kept as sessions.sqlite.corrupt-" in store.notice
        assert store.sessions() == []
        begin(store)
    (aside,) = damaged_databases(path.parent)
    assert aside.read_bytes() == before
    with Store.open(path) as store:
        assert store.notice is None
        assert len(store.sessions()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "clock = 'no number'",
        "time_s = 1e308",
        "present = x'00ff'",
        "happy = NULL",
        "yaw_deg = 9e999",
        "label = 'gone'",
        "own = x'07'",
    ],
)
def test_a_second_that_was_damaged_is_left_out_and_told_of(path: Path, damage: str):
    with Store.open(path, recording=True) as store:
        number = begin(store)
        store.append(number, [second(0), second(1), second(2)])
        store._connection.execute(f"UPDATE second SET {damage} WHERE time_s = 1")
        assert store.seconds(number) == [second(0), second(2)]
        assert store.notice is not None
        assert "was left out" in store.notice


@pytest.mark.parametrize(
    "damage", ["began = 'x'", "ended = 1e300", "title = x'ff'", "utc_offset_s = 1e9"]
)
def test_a_session_that_was_damaged_is_left_out_and_told_of_but_erased(path: Path, damage: str):
    with Store.open(path, recording=True) as store:
        for began in (1e9, 2e9):
            number = begin(store, began)
            store.append(number, [second(0)])
            store.end_session(number, ended=began + 1, how="stopped")
        store._connection.execute(f"UPDATE session SET {damage} WHERE began = 1e9")
    with Store.open(path) as store:
        assert [session.began for session in store.sessions()] == [2e9]
        assert store.notice is not None
        store.erase()
        for table in ("session", "second"):
            assert not store._connection.execute(f"SELECT * FROM {table}").fetchall()


def test_text_that_is_no_utf8_any_more_is_read_as_far_as_it_is(path: Path):
    with Store.open(path, recording=True) as store:
        begin(store)
        store._connection.execute("UPDATE session SET title = CAST(x'41ff42' AS TEXT)")
        assert store.sessions()[0].title == "A\N{REPLACEMENT CHARACTER}B"
