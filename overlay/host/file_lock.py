"""A lock between processes, which the system releases however its process ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_RETRY_S = 0.01


class FileLock:
    """An advisory lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, wait_s: float = 0.0) -> bool:
        """Take the lock.

        Args:
            wait_s: How long to try, in seconds. Other processes take the lock for a moment to see
                whether it is free, so wait for a moment if you need it.

        Returns:
            Whether it is ours now.

        Raises:
            OSError: The file cannot be opened.
        """
        deadline_s = time.monotonic() + wait_s
        while not self._try():
            if time.monotonic() >= deadline_s:
                return False
            time.sleep(_RETRY_S)
        return True

    def release(self) -> None:
        """Release the lock; the file stays, because deleting it would let two processes lock it."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)

    def _try(self) -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True
