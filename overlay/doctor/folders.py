"""Whether the user's data folder can be used."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from overlay import resources
from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine

_CHECK = "data-folder"

#: Room for the model, settings and some months of history.
_ENOUGH_BYTES = 100_000_000

#: Nobody is still writing an unfinished file that is this old, in seconds.
_ABANDONED_S = 3600.0


def check_folder(machine: Machine) -> Finding:
    """Whether the data folder exists, is writable, has room, and contains no leftovers."""
    folder = resources.data_dir()
    if not folder.exists():
        message = f"the data folder {folder} does not exist yet"
        return Finding(_CHECK, "warning", message, "emotion-overlay doctor --fix", True)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"the data folder {folder} is not writable ({error.strerror})"
        return Finding(_CHECK, "warning", message, _ownership_fix(machine, folder))
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        message = f"the disk with {folder} has only {free / 1e6:.0f} MB left"
        return Finding(_CHECK, "warning", message, "free some space on it")
    if leftovers := _leftovers(folder):
        message = f"there are unfinished files in {folder} ({len(leftovers)})"
        return Finding(_CHECK, "warning", message, "emotion-overlay doctor --fix", True)
    return Finding(_CHECK, "ok", f"{folder} is writable, with {free / 1e9:.1f} GB free")


def tidy_folder(machine: Machine) -> str:
    """Create the data folder, and delete files that an interrupted installation left in it.

    Raises:
        OSError: The folder or a file in it cannot be written.
    """
    folder = resources.data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    leftovers = _leftovers(folder)
    for path in leftovers:
        path.unlink(missing_ok=True)
    if not leftovers:
        return f"{folder} exists"
    return f"deleted unfinished files in {folder} ({len(leftovers)})"


def _leftovers(folder: Path) -> list[Path]:
    """Files that were written under a temporary name and never got their final one.

    Those in students' folders, which are overwritten, are found by the check of recordings.
    """
    before = time.time() - _ABANDONED_S
    parts = (path for path in folder.glob("**/*.part") if folder / "students" not in path.parents)
    return [path for path in parts if path.lstat().st_mtime < before]


def _ownership_fix(machine: Machine, folder: Path) -> str:
    if machine.system == "win32":
        return f"give your account permission to write to {folder}: Properties > Security"
    return f"sudo chown -R {os.environ.get('USER', '$USER')} '{folder}'"
