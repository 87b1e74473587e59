"""A crash inside a native library leaves the stacks of all threads for the next run to log."""

from __future__ import annotations

import faulthandler
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        make_private_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        yield
        return
    with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
        if earlier := file.read().strip():
            _log.error("an earlier run crashed:\n%s", earlier)
            file.truncate(0)
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()
