"""What tests of many files share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from overlay.analysis.job import Job
from overlay.sources.file_kind import Kind
from tests.processes import child_processes


def job_for(path: Path, kind: Kind = "picture", **changes: Any) -> Job:
    """The job of reading a file."""
    status = path.stat()
    return Job(path, path.name, status.st_size, status.st_mtime_ns, kind, **changes)


def worker_processes(parent: int) -> list[int]:
    """The numbers of the processes that read files for a process."""
    return [pid for pid, command in child_processes(parent).items() if "_worker_process" in command]
