"""Whether the user's data folder can be used."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.host import resources
from overlay.language import _

_CHECK = "data-folder"

#: Room for settings and some months of history.
_ENOUGH_BYTES = 100_000_000


def check_folder(machine: Machine) -> Finding:
    """Whether the data folder, if it is there, is writable and has room."""
    folder = resources.data_dir()
    if not folder.exists():
        return Finding(
            _CHECK,
            "ok",
            _("{path} does not exist yet: nothing has been recorded").format(path=folder),
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = _("the data folder {path} is not writable ({reason})").format(
            path=folder, reason=error.strerror
        )
        return Finding(_CHECK, "warning", message, _ownership_fix(machine, folder))
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        message = _("the disk with {path} has only {n} MB left").format(
            path=folder, n=round(free / 1e6)
        )
        return Finding(_CHECK, "warning", message, _("free some space on that disk"))
    return Finding(
        _CHECK,
        "ok",
        _("{path} is writable, with {n:.1f} GB free").format(path=folder, n=free / 1e9),
    )


def _ownership_fix(machine: Machine, folder: Path) -> str:
    if machine.system == "win32":
        return _("give your account permission to write to {path}: Properties > Security").format(
            path=folder
        )
    return f"sudo chown -R {os.environ.get('USER', '$USER')} '{folder}'"
