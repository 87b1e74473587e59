"""The file that the log is written to, shared by processes."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from overlay.host.file_lock import FileLock
from overlay.host.private_folder import make_private_folder

#: Older files that are kept beside the newest.
BACKUPS = 4

#: The longest file in bytes; all of them, and the stacks of a crash, have less than 5 MB.
_FILE_BYTES = 960_000

#: How long another process is waited for, in seconds; writing an entry takes microseconds.
_PATIENCE_S = 1.0


class LogFile(RotatingFileHandler):
    """A rotating file with mode 0600, in a folder with mode 0700, open only while it is written.

    In a folder that others can get into nothing is written.

    A lock between processes makes each entry whole, and lets one of them rotate while the others
    wait. What cannot be written is lost: logging never raises.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; it and its folder are made with the first entry."""
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=BACKUPS, delay=True)
        self._folder = path.parent
        self._turn = FileLock(path.with_suffix(".lock"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one entry."""
        try:
            entry = f"{self.format(record)}\n".encode(errors="replace")
            make_private_folder(self._folder)
            if self._turn.acquire(_PATIENCE_S):
                try:
                    self._append(entry)
                finally:
                    self._turn.release()
        except Exception:
            self.handleError(record)  # says nothing while `logging.raiseExceptions` is off

    def _append(self, entry: bytes) -> None:
        path = Path(self.baseFilename)
        if path.exists() and path.stat().st_size + len(entry) > self.maxBytes:
            self.doRollover()
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(entry)
