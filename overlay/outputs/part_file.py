"""The hidden file in which a video is written until it is whole."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import sys
from pathlib import Path

from overlay.host.file_lock import FileLock

#: File systems take names of 255 bytes, and a character may have four of them.
_LONGEST_NAME = 48

#: What tells apart files of the same target, in hexadecimal digits.
_DIGITS = 8


class PartFile:
    """A file beside its target, locked while its process lives.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, target: Path, *, playable: bool) -> None:
        """Make the file, empty.

        Args:
            target: Whose place it will take.
            playable: Whether it can be played at any moment. If not, files of the same target that
                a killed process has left are deleted; recordings are kept.

        Raises:
            OSError: The folder cannot be written to.
        """
        name = f".{target.stem[:_LONGEST_NAME]}{'' if playable else target.suffix}"
        if not playable:
            _delete_left(target.parent, name)
        self.path = target.with_name(f"{name}-{secrets.token_hex(_DIGITS // 2)}.part")
        self.path.touch()
        self._lock = FileLock(self.path)
        if sys.platform != "win32":  # where files that are open cannot be deleted anyway
            with contextlib.suppress(OSError):  # a file system without locks
                self._lock.acquire()

    def replace(self, target: Path) -> None:
        """Give it a target's name.

        Raises:
            OSError: That cannot be done.
        """
        os.replace(self.path, target)

    def delete(self) -> None:
        """Delete it, unless it has got another name; safe to call twice."""
        self._lock.release()
        self.path.unlink(missing_ok=True)


def _delete_left(folder: Path, name: str) -> None:
    """Delete the files of this name that no process is writing any more."""
    for path in folder.glob(f"{glob.escape(name)}-{'[0-9a-f]' * _DIGITS}.part"):
        lock = FileLock(path)
        with contextlib.suppress(OSError):
            if sys.platform == "win32" or lock.acquire():
                path.unlink()
        lock.release()
