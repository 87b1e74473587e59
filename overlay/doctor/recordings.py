"""Whether students' folders hold anything that is not meant to stay."""

from __future__ import annotations

import shlex
from pathlib import Path

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.host.private_folder import check_private_folder
from overlay.language import _, ngettext

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
            message = f"{student.folder} {_(error.strerror or str(error))}"
            return Finding(_CHECK, "warning", message, _closing_fix(student.folder))
    if left := [path for student in students for path in leftovers(student)]:
        message = ngettext(
            "{n} unfinished file may contain parts of a recording",
            "{n} unfinished files may contain parts of a recording",
            len(left),
        ).format(n=len(left))
        return Finding(_CHECK, "warning", message, "emotion-overlay doctor --fix", True)
    if damaged := [path for student in students for path in damaged_databases(student.folder)]:
        message = _("a damaged database is kept as {path}").format(path=damaged[0])
        fix = _("delete it when you no longer need it; `emotion-overlay erase` deletes it, too")
        return Finding(_CHECK, "warning", message, fix)
    count = len(students)
    message = ngettext(
        "{n} student, and no unfinished files", "{n} students, and no unfinished files", count
    )
    return Finding(_CHECK, "ok", message.format(n=count))


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
    return _("{command} if only you use it, otherwise delete it").format(
        command=f"chmod 700 {shlex.quote(str(folder))}"
    )
