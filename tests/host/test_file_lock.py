"""Only one process holds the lock, and the system frees it however that one ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from overlay.host.file_lock import FileLock
from tests.waiting import until

HOLD = """
import sys, time
from pathlib import Path
from overlay.host.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def test_a_lock_that_was_given_back_can_be_taken_again(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.acquire()
    assert not other.acquire()
    one.release()
    one.release()
    assert other.acquire()
    other.release()


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not FileLock(path).acquire()
        holder.kill()
    lock = FileLock(path)
    until(lock.acquire, "the lock free again")
    lock.release()
