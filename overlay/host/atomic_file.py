"""Writing a file so that a reader finds the old one or the new one, never half of it.

That is for regular files. A device or a FIFO is written through, as a shell's `>` does, and a
symbolic link stays: what it leads to is written.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from overlay.errors import OutputError
from overlay.language import LazyText

#: File systems take names of 255 bytes, and a character may have four of them.
_LONGEST_NAME = 48


@contextlib.contextmanager
def atomic_write(
    path: Path, *, private: bool = False, durable: bool = False
) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when the block ends without an error.

    Until then it lies beside it as `.NAME-....part`, and on an error it is deleted. Where a crash
    leaves it in the data folder, the doctor finds it.

    Args:
        path: The file; its folder must be there. What a link leads to is written, not the link;
            a device or FIFO is opened and written as it is.
        private: Whether only the owner may read a regular file (mode 0600); else the umask
            decides.
        durable: Whether it must be on the disk before it takes its place, so that a power failure
            cannot leave an empty file either.

    Raises:
        OSError: It cannot be written; what was there stays as it was.
    """
    if not is_replaceable(path):
        with open(path, "wb") as file:
            yield file
        return
    path = Path(os.path.realpath(path))
    part = path.parent / f".{path.name[:_LONGEST_NAME]}-{secrets.token_hex(4)}.part"
    mode = 0o600 if private else 0o666
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


@contextlib.contextmanager
def output_file(path: Path) -> Iterator[IO[bytes]]:
    """`atomic_write` for a file that the user asked for.

    Raises:
        OutputError: It cannot be written; what was there stays as it was.
    """
    try:
        with atomic_write(path) as file:
            yield file
    except OSError as error:
        raise OutputError(
            LazyText(
                "{path} cannot be written: {reason}", path=path, reason=error.strerror or error
            )
        ) from error


def is_replaceable(path: Path) -> bool:
    """Whether a path is, or will be, a regular file that another may take the place of.

    Devices, FIFOs and sockets are not, nor is what lies in `/dev` and `/proc`, where
    `/dev/stdout` may lead to a regular file that another program has open.
    """
    if Path(os.path.abspath(path)).parts[:2] in (("/", "dev"), ("/", "proc")):
        return False
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return True
    except OSError:  # a link to itself, a name too long: opening it will say so
        return False
    return stat.S_ISREG(kind) or stat.S_ISDIR(kind)
