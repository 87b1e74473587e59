"""Lines of many files, passed on in the order of the files, whatever order they come in."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO

from overlay.analysis.job import Job

#: How much of a file that has to wait for others stays in memory, in bytes; the rest lies in a
#: file without a name, which the system deletes however the process ends.
_IN_MEMORY = 2**20


class InOrder:
    """Passes lines on. Those of the first file that is not finished go at once.

    Any thread may use it.
    """

    def __init__(self, jobs: Iterable[Job], out: IO[bytes]) -> None:
        """Pass nothing on yet.

        Args:
            jobs: The files, in their order.
            out: Where the lines go.
        """
        self._out = out
        self._order = iter(jobs)
        self._first = next(self._order, None)
        self._finished: set[Job] = set()
        self._waiting: dict[Job, SpooledTemporaryFile[bytes]] = {}
        self._lock = Lock()

    def add(self, job: Job, line: bytes) -> None:
        """Another line of a file."""
        with self._lock:
            if job == self._first:
                self._out.write(line)
                self._out.flush()
                return
            if job not in self._waiting:
                self._waiting[job] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
            self._waiting[job].write(line)

    def finish(self, job: Job) -> None:
        """A file has no more lines."""
        with self._lock:
            self._finished.add(job)
            while self._first in self._finished:
                self._finished.remove(self._first)
                self._first = next(self._order, None)
                self._pass_on(self._first)
            self._out.flush()

    def _pass_on(self, job: Job | None) -> None:
        """Pass on what there is of a file whose turn has come."""
        lines = self._waiting.pop(job, None) if job else None
        if lines is not None:
            with lines:
                lines.seek(0)
                shutil.copyfileobj(lines, self._out)
