"""A crash, or a hang at the end, leaves the stacks of all threads for the next run to log."""

from __future__ import annotations

import faulthandler
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from overlay.host.private_folder import make_private_folder

_log = logging.getLogger(__name__)


@contextmanager
def crashes_noted(path: Path) -> Iterator[None]:
    """Write where each thread is to a file if the process crashes inside this block.

    What an earlier crash has left there is logged first. Does nothing where the file cannot be
    opened, or somebody else has asked for that (`python -X faulthandler`).
    """
    if faulthandler.is_enabled():
        yield
        return
    try:
        file = _open(path)
    except OSError:
        yield
        return
    with file:
        if earlier := file.read().strip():
            _log.error("an earlier run crashed:\n%s", earlier)
            file.truncate(0)
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()


@contextmanager
def ended_if_slow(path: Path, seconds: float) -> Iterator[None]:
    """End the process if this block takes too long, and write where each thread is to a file.

    It ends with exit code 1 even if every thread hangs, and whatever a native library holds.

    Args:
        path: The file, for `crashes_noted` to log in the next run.
        seconds: How long the block may take.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_open(path))
        except OSError:
            file = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        faulthandler.dump_traceback_later(seconds, exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _open(path: Path) -> TextIO:
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")
