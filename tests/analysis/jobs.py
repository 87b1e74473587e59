"""What tests of many files share."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from overlay.analysis.job import Job
from overlay.sources.file_kind import Kind


def job_for(path: Path, kind: Kind = "picture", **changes: Any) -> Job:
    """The job of reading a file."""
    status = path.stat()
    return Job(path, path.name, status.st_size, status.st_mtime_ns, kind, **changes)


def worker_processes(parent: int) -> list[int]:
    """The numbers of the processes that read files for a process."""
    table = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    return [int(line.split()[0]) for line in table.splitlines() if "_worker_process" in line]
