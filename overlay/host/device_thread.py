"""Threads that may hang in a device, and how the process ends in spite of them."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class DeviceThread(threading.Thread):
    """A thread that calls devices; where one hangs in it, the thread is left behind."""


@contextmanager
def ending_in_spite_of_hangs() -> Iterator[None]:
    """End the process after this block, with the block's exit code, if a `DeviceThread` still runs.

    Python's own end would take away from under it what it uses: native threads of libraries abort
    the process then ("terminate called without an active exception").
    """
    try:
        yield
    except BaseException as error:
        if _some_hang():
            _end(error)
        raise
    if _some_hang():
        _end(None)


def _some_hang() -> bool:
    return any(isinstance(thread, DeviceThread) for thread in threading.enumerate())


def _end(error: BaseException | None) -> None:
    code = 0
    if isinstance(error, SystemExit):
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        traceback.print_exception(error)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # Windows without a console
            stream.flush()
    os._exit(code)
