"""Files and folders that their owner alone can read."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
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


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file, mode 0600, that takes the place of `path` when the block ends without error.

    A reader sees the old file or the new one, never half of it.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
    """
    handle, new = tempfile.mkstemp(prefix=f".{path.name[:64]}-", dir=path.parent)  # mode 0600
    try:
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file with JSON in one step.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
    """
    with replacing(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=2).encode())
