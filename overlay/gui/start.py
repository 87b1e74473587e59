"""Starting the process of a window from the application."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from typing import Any

#: How much less urgent a window is than the call, as `nice` counts: loading Qt takes a second of
#: a core.
_NICE = 10


def make_process(name: str, target: Callable[..., object], *arguments: Any) -> SpawnProcess:
    """A process for a window, to be started by `start_process`.

    Args:
        name: Its name, for the log.
        target: What it runs; a function that can be imported.
        *arguments: What that is given.
    """
    # spawn: a forked copy of a process with threads and a camera would not be safe.
    return multiprocessing.get_context("spawn").Process(
        target=target, args=arguments, name=name, daemon=True
    )


def start_process(process: SpawnProcess) -> None:
    """Start it, less urgent than the call from its first instruction on."""
    process.start()
    if sys.platform != "win32" and process.pid is not None:
        with contextlib.suppress(OSError):  # it has ended
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, ours + _NICE)
