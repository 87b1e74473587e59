"""A process whose thread hangs in a device ends with its own exit code, and without a crash."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys, threading
from overlay.host.device_thread import DeviceThread, ending_in_spite_of_hangs
atexit.register(lambda: print("Python's own end"))
threading.excepthook = lambda args: None
with ending_in_spite_of_hangs():
    {thread}(target=threading.Event().wait, daemon=True).start()
    print("said")
    {last}
"""


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ("pass", 0),
        ("sys.exit()", 0),
        ("sys.exit(2)", 2),
        ("sys.exit('no camera')", 1),
        ("raise ValueError('no camera')", 1),
    ],
)
@pytest.mark.parametrize("thread", ["DeviceThread", "threading.Thread"])
def test_it_ends_at_once_only_where_something_hangs(thread: str, last: str, code: int) -> None:
    program = PROGRAM.format(thread=thread, last=last)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code
    assert done.stdout.splitlines()[0] == "said"
    assert ("Python's own end" in done.stdout) == (thread != "DeviceThread")
    assert ("no camera" in done.stderr) == ("no camera" in last)
