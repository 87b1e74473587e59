"""The tar archive for Linux: what is installed, and the script that copies it."""

from __future__ import annotations

import datetime
import os
import subprocess
from pathlib import Path


def make_archive(tree: Path, target: Path, name: str, date: datetime.datetime) -> Path:
    """Pack a tree, and `install.sh`, which lies in the target folder, into one archive.

    Args:
        tree: A folder with `usr`.
        target: Where the archive is written.
        name: The folder in the archive, and the beginning of the archive's name.
        date: The date of everything in it.

    Returns:
        The archive.
    """
    archive = target / f"{name}-linux-x86_64.tar.xz"
    owner = ("--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{int(date.timestamp())}")
    subprocess.run(
        [
            *("tar", "--create", "--xz", f"--file={archive}", "--sort=name", *owner),
            # Names of files only; what links name stays as it is.
            *(f"--transform=flags=r;s,^,{name}/,", "--exclude=usr/share/lintian"),
            *("-C", target.resolve(), "install.sh", "-C", tree.resolve(), "usr"),
        ],
        check=True,
        env={**os.environ, "XZ_OPT": "-T0"},
    )
    return archive
