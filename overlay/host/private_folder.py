"""Folders that belong to this user and are closed to everyone else.

A folder that is there already is never closed by us: others may be using it. It is refused, and
whoever named it closes it or names another one.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from overlay.language import N_


def make_private_folder(folder: Path) -> None:
    """Make a folder with mode 0700, and what is missing above it.

    Raises:
        PermissionError: It is there already and somebody else's, open to others, or no folder.
        OSError: It cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_private_folder(folder)


def check_private_folder(folder: Path) -> None:
    """Make sure that a folder belongs to this user and nobody else can write or read in it.

    On Windows it lies below the user's profile, where others have no access.

    Raises:
        FileNotFoundError: It is not there.
        PermissionError: It is somebody else's, open to others, or not a folder; `strerror` says
            which.
    """
    if sys.platform == "win32":
        return
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise PermissionError(errno.EPERM, N_("is not a folder"), str(folder))
    if found.st_uid != os.getuid():
        raise PermissionError(errno.EPERM, N_("belongs to another user"), str(folder))
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(errno.EPERM, N_("is open to others"), str(folder))
