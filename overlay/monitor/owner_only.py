"""Files that their owner alone can read, and that are overwritten before they are deleted.

Overwriting reaches what the file system stores in place, as ext4, NTFS and APFS without snapshots
mostly do; PRIVACY.md says what it does not reach.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from overlay.host.atomic_file import atomic_write

_CHUNK = bytes(1 << 20)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def make_folder(path: Path) -> None:
    """Make a folder in a student's own, which keeps others out; a link there is refused.

    Raises:
        OSError: It cannot be made, or is a link.
    """
    if path.is_symlink():
        raise OSError(errno.ENOTDIR, "its folder is a link", str(path))
    path.mkdir(mode=0o700, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600; one that is there keeps its content and is closed.

    One that is there is not opened: closing it again would take this process's locks from a
    database that it has open (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        path.chmod(0o600)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file with JSON in one step.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
    """
    with atomic_write(path, private=True, durable=True) as file:
        file.write(as_json(content))


def as_json(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, indented."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    # Half of a surrogate pair, which UTF-8 does not know, becomes JSON's escape for it.
    return text.encode(errors="backslashreplace")


def replace(path: Path, content: bytes) -> None:
    """Replace a file in one step, and overwrite what was there before.

    Raises:
        OSError: It cannot be written; what was there stays as it was.
    """
    with overwritten_when_deleted(path), atomic_write(path, private=True, durable=True) as file:
        file.write(content)


def delete(path: Path) -> None:
    """Overwrite a file and delete it; of a link, and of a file with another name, only this name.

    Raises:
        OSError: It cannot be deleted.
    """
    found = path.lstat()
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        with contextlib.suppress(OSError):  # a full disk that copies on write takes no zeros
            overwrite(path)
    path.unlink()


@contextlib.contextmanager
def overwritten_when_deleted(path: Path) -> Iterator[None]:
    """Overwrite a file that nobody has a name for any more when the block ends.

    Links and special files are left alone, and so is everything on Windows, where a file that is
    open cannot be deleted.

    Args:
        path: The file; it need not be there.
    """
    if sys.platform == "win32":
        yield
        return
    try:
        handle = os.open(path, os.O_WRONLY | _NO_FOLLOW)
    except OSError:  # not there, a link, or a FIFO that nobody reads
        yield
        return
    try:
        yield
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
            _overwrite(handle, found.st_size)
    finally:
        os.close(handle)


def overwrite(path: Path) -> None:
    """Overwrite a file with zeros, and leave it there.

    Raises:
        OSError: It cannot be written.
    """
    handle = os.open(path, os.O_WRONLY | _NO_FOLLOW)
    try:
        _overwrite(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def _overwrite(handle: int, size: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    while size > 0:
        size -= os.write(handle, _CHUNK[: min(size, len(_CHUNK))])
    os.fsync(handle)
