"""Whether the user's data folder can be used."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.host import resources

_CHECK = "data-folder"

#: Room for settings and some months of history.
_ENOUGH_BYTES = 100_000_000


def check_folder(machine: Machine) -> Finding:
    """Whether the data folder, if it is there, is writable and has room."""
    folder = resources.data_dir()
    if not folder.exists():
        return Finding(_CHECK, "ok", f"{folder} does not exist yet: nothing has been recorded")
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
    return Finding(_CHECK, "ok", f"{folder} is writable, with {free / 1e9:.1f} GB free")


def _ownership_fix(machine: Machine, folder: Path) -> str:
    if machine.system == "win32":
        return f"give your account permission to write to {folder}: Properties > Security"
    return f"sudo chown -R {os.environ.get('USER', '$USER')} '{folder}'"
