"""What has been read of many files so far, kept beside the output until all of it is there.

After an interruption the same command goes on from it. The results of a file count if they are of
the same file (path, size and time of change), read in the same way by the same version.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from overlay.analysis.job import READ_BY, Job, Outcome, to_line
from overlay.errors import OutputError, TargetError
from overlay.host.file_lock import FileLock
from overlay.settings import LABEL_STYLE, Settings

#: The settings that results depend on, and those that a labelled picture or video does.
_READING = {"sensitivity"}
_DRAWING = LABEL_STYLE | {"codec"}

#: A lock; and the endings of files with results that are being written, and of whole ones.
_LOCK, _BEGUN, _WHOLE = "lock", ".begun", ".jsonl"

#: The outcome, at the end of a file with results, is shorter than this, in bytes.
_LONGEST_OUTCOME = 2**16


class Parts:
    """The results of single files, as JSON lines in a folder: the scenes, then the outcome.

    Close them, or use them in a `with` statement.
    """

    def __init__(self, output: Path, settings: Settings, *, fresh: bool = False) -> None:
        """Make the folder, or take up what an interrupted command left in it.

        Args:
            output: What will be written once all results are there; the folder lies beside it.
            settings: How files are read.
            fresh: Whether to begin anew.

        Raises:
            OutputError: It cannot be written.
            TargetError: Another command is using it.
        """
        self._output = output
        self._folder = output.with_name(f".{output.name}.part")
        self._settings = settings
        self._files: dict[Job, IO[bytes]] = {}
        self._begun_ns: dict[Job, int] = {}
        self._lock = FileLock(self._folder / _LOCK)
        with self._writing():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            taken = self._lock.acquire()
        if not taken:
            raise TargetError(f"another command is writing '{output}': wait until it has ended")
        if fresh:
            self._delete(_WHOLE, _BEGUN)

    def outcome(self, job: Job) -> Outcome | None:
        """How reading a file ended, if its results are here."""
        try:
            with open(self._path(job, _WHOLE), "rb") as file:
                length = os.fstat(file.fileno()).st_size
                file.seek(max(0, length - _LONGEST_OUTCOME))
                return Outcome.from_json(json.loads(file.read().splitlines()[-1]))
        except (OSError, ValueError, LookupError, TypeError):  # none, or cut off by a power failure
            return None

    def has_begun(self, job: Job) -> bool:
        """Whether an interrupted command was reading this file, and may have saved it."""
        return self._path(job, _BEGUN).exists()

    def begin(self, job: Job) -> None:
        """Note that a file is being read.

        Raises:
            OutputError: It cannot be written.
        """
        begun = self._path(job, _BEGUN)
        with self._writing():
            begun.write_bytes(b"")
            self._begun_ns[job] = begun.stat().st_mtime_ns

    def add(self, job: Job, line: bytes) -> None:
        """Keep the scene of the next frame.

        Raises:
            OutputError: It cannot be written.
        """
        with self._writing():
            if job not in self._files:
                self._files[job] = open(self._path(job, _BEGUN), "wb")  # noqa: SIM115
            self._files[job].write(line)

    def finish(self, job: Job, outcome: Outcome) -> None:
        """Keep how reading a file ended; of one that was left out, nothing is kept.

        Raises:
            OutputError: It cannot be written.
        """
        begun = self._path(job, _BEGUN)
        with self._writing():
            if outcome.left_out is None:
                self.add(job, to_line(outcome.to_json()))
                self._files.pop(job).close()
                os.replace(begun, self._path(job, _WHOLE))
            else:
                if job in self._files:
                    self._files.pop(job).close()
                begun.unlink(missing_ok=True)
        del self._begun_ns[job]

    def scenes(self, job: Job) -> Iterator[bytes]:
        """The lines with the scenes of a file whose results are here.

        Raises:
            OutputError: They cannot be read any more.
        """
        with self._writing(), open(self._path(job, _WHOLE), "rb") as file:
            line = next(file)
            for following in file:
                yield line
                line = following

    def count(self) -> int:
        """How many files there are results of, from now or before."""
        return sum(name.endswith(_WHOLE) for name in os.listdir(self._folder))

    def clear(self) -> None:
        """Delete everything, because it has been written where it belongs."""
        self._delete(_WHOLE, _BEGUN)

    def close(self) -> None:
        """Leave what can be used again, or nothing; safe to call twice."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                file.close()
        for job in self._begun_ns:
            if not self._has_saved(job):
                with contextlib.suppress(OSError):
                    self._path(job, _BEGUN).unlink()
        self._lock.release()
        with contextlib.suppress(OSError):
            if os.listdir(self._folder) == [_LOCK]:
                self._delete(_LOCK)
                self._folder.rmdir()

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _path(self, job: Job, ending: str) -> Path:
        names = _READING if job.save is None else _READING | _DRAWING
        key = [
            READ_BY,
            self._settings.model_dump(include=names),
            job.to_json() | {"path": os.path.abspath(job.path)},
        ]
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{digest[:32]}{ending}"

    def _has_saved(self, job: Job) -> bool:
        """Whether the labelled file of a job that has begun was written since."""
        try:
            return job.save is not None and job.save.stat().st_mtime_ns >= self._begun_ns[job]
        except OSError:
            return False

    def _delete(self, *endings: str) -> None:
        for name in os.listdir(self._folder):
            if name.endswith(endings):
                with contextlib.suppress(OSError):
                    (self._folder / name).unlink()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"'{self._output}' cannot be written: {reason}") from error
