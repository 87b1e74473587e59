"""A recorder killed at any moment leaves a sound database that misses two seconds at most."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from overlay.monitor.store import Store
from tests.conftest import REPOSITORY
from tests.monitor.recording_process import seen_until
from tests.waiting import until

KILLS, AT_ONCE = 200, 100

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def kill_some(folders: list[Path], draw: random.Random) -> None:
    """Record into each folder, and kill each recorder at its own random moment."""
    for folder in folders:
        folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.monitor.recording_process", *map(str, folders)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        children = [int(parent.stdout.readline()) for _ in folders]
        until(lambda: all((folder / "began").exists() for folder in folders), "all record")
        began = time.monotonic()
        for moment, child in sorted((draw.uniform(0, 4), child) for child in children):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            os.kill(child, signal.SIGKILL)


def test_killed_at_200_random_moments(tmp_path: Path, record_property) -> None:
    draw = random.Random(20130)
    folders = [tmp_path / str(number) for number in range(KILLS)]
    for start in range(0, KILLS, AT_ONCE):
        kill_some(folders[start : start + AT_ONCE], draw)
    missed = []
    for folder in folders:
        path = folder / "sessions.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with Store.open(path, recording=True) as store:
            assert store.notice is None
            (session,) = store.sessions()
            seconds = store.seconds(session.id)
        assert session.ended_how == "interrupted"
        missed.append(seen_until(folder) - (seconds[-1].time_s + 1 if seconds else 0))
    record_property("most_missed_s", max(missed))
    assert max(missed) <= 2.0, f"misses up to {max(missed):.2f} s"
    assert max(missed) > 0, "the kills came while seconds were unwritten"
