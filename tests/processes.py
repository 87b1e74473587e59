"""Which processes a process has started."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def child_processes(parent: int) -> dict[int, str]:
    """The processes that a process has started and that have not ended.

    Returns:
        The command line of each, by its number.
    """
    return dict(_of_proc(parent) if sys.platform == "linux" else _of_ps(parent))


def _of_proc(parent: int) -> Iterator[tuple[int, str]]:
    """As the kernel says, which costs little enough to ask again and again: proc(5)."""
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):  # that thread, or the child, has just ended
            for pid in path.read_text().split():
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if command := b" ".join(words).decode(errors="replace").strip():
                    yield int(pid), command


def _of_ps(parent: int) -> Iterator[tuple[int, str]]:
    columns = ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="]  # -ww: whole lines
    with subprocess.Popen(columns, stdout=subprocess.PIPE, text=True) as listing:
        table, _ = listing.communicate()
    for line in table.splitlines():
        pid, its_parent, state, command = (*line.split(maxsplit=3), "")[:4]
        is_listing = int(pid) == listing.pid
        if int(its_parent) == parent and not state.startswith("Z") and not is_listing:
            yield int(pid), command.strip()
