"""Python in a process whose files may not grow beyond a size, which stands for a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
exec(sys.argv.pop(1))
"""

#: The command line, for `run_on_full_disk`.
COMMAND_LINE = "from overlay import cli; cli.main(sys.argv[1:])"


def run_on_full_disk(
    code: str, *arguments: object, limit: int, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own.

    Its coverage is not measured: what coverage saves at the end would find no room either.

    Args:
        code: Python; finds `sys`, and its arguments in `sys.argv[1:]`.
        arguments: What it is given.
        limit: The size in bytes that no file can exceed.
        folder: The folder in which it runs; the present one where None.

    Returns:
        How it ended, and what it printed.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")
    }
    return subprocess.run(
        [sys.executable, "-c", _LIMITED, str(limit), code, *map(str, arguments)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
