"""Files and folders that their owner alone can read."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any


def make_folder(path: Path) -> None:
    """Make a folder with mode 0700, and what is missing above it; one that is there is closed.

    On Windows modes have no meaning: there the user's profile folder is private already.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600; one that is there keeps its content and is closed."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file with JSON in one step: a reader sees the old one or the new one.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
    """
    handle, new = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise


def lock(path: Path) -> IO[bytes] | None:
    """Take the lock that a file stands for, without waiting.

    The system gives the lock back when the file is closed or the process ends, however it ends.

    Returns:
        The open file that holds the lock, or None if somebody else has it.

    Raises:
        OSError: The file cannot be opened.
    """
    make_file(path)
    file = open(path, "r+b")  # noqa: SIM115  # open for as long as the lock is held
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
