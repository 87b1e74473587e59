"""A process that records sessions until it is killed: `python -m tests.monitor.recording_process`.

Forks one child for each folder that it is given. Each child records into the database of its
folder in real time, at 15 scenes a second, and notes beside it after every scene up to when it
has seen: a time that must be on the disk two seconds later.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time
from pathlib import Path

from overlay.monitor.recorder import Recorder
from overlay.monitor.store import Store
from tests.monitor.scenes import face, scene

#: How many scenes a second.
HZ = 15


def seen_until(folder: Path) -> float:
    """Up to when the child of this folder had seen, in seconds since its session began."""
    return float(struct.unpack("d", (folder / "seen").read_bytes())[0])


def _record(folder: Path) -> None:
    note = folder / "seen"
    note.write_bytes(struct.pack("d", 0.0))
    with open(note, "r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
        store = Store.open(folder / "sessions.sqlite", recording=True)
        began = time.monotonic()
        recorder = Recorder(store, name="Ana")
        (folder / "began").touch()
        while True:
            now = time.monotonic()
            recorder.observe(scene(now, face()))
            shared[:] = struct.pack("d", now - began)
            time.sleep(1 / HZ)


def main(folders: list[str]) -> None:
    """Fork the children, say their process ids, and wait until they are gone."""
    for folder in folders:
        child = os.fork()
        if child == 0:
            _record(Path(folder))
        print(child, flush=True)
    for _ in folders:
        os.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
