"""Everything the application writes into a student's folder, in one list.

Whoever writes there takes its names from here, and adds new ones here; exporting, erasing and the
doctor go by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

PROFILE = "profile.json"
CALIBRATION = "calibration.json"
DATABASE = "sessions.sqlite"
#: What SQLite keeps beside a database.
DATABASE_SUFFIXES = ("-wal", "-shm", "-journal")
#: A damaged database is kept as this and the time.
DAMAGED_PREFIX = f"{DATABASE}.corrupt-"
#: Locked while a session is recorded.
LOCK = "recording.lock"
#: The folder of reports.
REPORTS = "reports"

# Of `atomic_write`, and of the copies that exports of earlier versions made.
_PART_SUFFIX, _EXPORT_PREFIX = ".part", ".export-"

#: `damaged`: a database that was set aside. `temporary`: left behind by what was killed, or being
#: written just now. `unknown`: somebody else put it there.
Kind = Literal[
    "profile", "calibration", "database", "damaged", "lock", "report", "temporary", "unknown"
]

_BY_NAME: dict[str, Kind] = {
    PROFILE: "profile",
    CALIBRATION: "calibration",
    LOCK: "lock",
    REPORTS: "report",
    **dict.fromkeys((DATABASE, *(DATABASE + suffix for suffix in DATABASE_SUFFIXES)), "database"),
}


def files_of(folder: Path, *kinds: Kind) -> list[Path]:
    """The files of a student's folder of these kinds, or all of them without any, sorted.

    A link is listed as what it is; nothing that lies behind one is.
    """
    found = sorted(_walk(folder))
    return [path for path in found if not kinds or _kind(path.relative_to(folder)) in kinds]


def damaged_databases(folder: Path) -> list[Path]:
    """Databases that were set aside, without what SQLite keeps beside them."""
    found = files_of(folder, "damaged")
    return [path for path in found if not path.name.endswith(DATABASE_SUFFIXES)]


def temporary_folders(folder: Path) -> list[Path]:
    """The folders in which earlier versions made copies."""
    found = folder.glob(f"{_EXPORT_PREFIX}*")
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def _kind(path: Path) -> Kind:
    first = path.parts[0]
    if path.name.endswith(_PART_SUFFIX) or first.startswith(_EXPORT_PREFIX):
        return "temporary"
    if first.startswith(DAMAGED_PREFIX):
        return "damaged"
    return _BY_NAME.get(first, "unknown")


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):  # does not follow links
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in (*links, *files):
            yield Path(parent, name)
