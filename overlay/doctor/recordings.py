"""Whether students' folders hold anything that is not meant to stay."""

from __future__ import annotations

import shlex
from pathlib import Path

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.host.private_folder import check_private_folder

_CHECK = "recordings"


def check_recordings(machine: Machine) -> Finding:
    """Whether a student's folder is open to others, or has leftovers or damaged databases."""
    from overlay.monitor.erasing import leftovers
    from overlay.monitor.profile_files import damaged_databases
    from overlay.monitor.students import list_students

    students = list_students()
    for student in students:
        try:
            check_private_folder(student.folder)
        except PermissionError as error:
            message = f"{student.folder} {error.strerror}"
            return Finding(_CHECK, "warning", message, _closing_fix(student.folder))
    if left := [path for student in students for path in leftovers(student)]:
        message = f"there are unfinished files that may tell about sessions ({len(left)})"
        return Finding(_CHECK, "warning", message, "emotion-overlay doctor --fix", True)
    if damaged := [path for student in students for path in damaged_databases(student.folder)]:
        message = f"a damaged database is kept as {damaged[0]}"
        fix = "delete it when you no longer need it; `emotion-overlay erase` deletes it, too"
        return Finding(_CHECK, "warning", message, fix)
    count = f"{len(students)} student{'' if len(students) == 1 else 's'}"
    return Finding(_CHECK, "ok", f"{count}, and nothing left over")


def delete_leftovers(machine: Machine) -> str:
    """Overwrite and delete what was left behind by commands that were killed.

    Raises:
        StoreError: A file cannot be deleted.
    """
    from overlay.monitor import erasing
    from overlay.monitor.students import list_students

    count = sum(erasing.delete_leftovers(student) for student in list_students())
    return f"deleted unfinished files in students' folders ({count})"


def _closing_fix(folder: Path) -> str:
    return f"chmod 700 {shlex.quote(str(folder))} if it is yours, else delete it"
