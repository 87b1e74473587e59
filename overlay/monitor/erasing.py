"""Erasing what was recorded of a student: sessions, reports, damaged databases, leftovers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from overlay.errors import StoreError
from overlay.language import LazyText
from overlay.monitor import owner_only, profile_files
from overlay.monitor.store import Store
from overlay.monitor.students import Student

#: Nobody is still writing a temporary file that is this old, in seconds.
_ABANDONED_S = 3600.0


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        sessions: How many sessions were in the database.
        files: The files that were deleted.
        left: Lines about what was left in the student's folder although it may tell about
            sessions: links and files that are not the application's own.
    """

    sessions: int
    files: tuple[Path, ...]
    left: tuple[str, ...] = ()


def erase_sessions(student: Student, store: Store, before: float | None = None) -> Erased:
    """Erase sessions, and everything that may tell about them.

    Reports and damaged databases are deleted whole, whatever `before` is: they may hold any
    session.

    Args:
        student: Whose.
        store: The student's, open.
        before: Only sessions that began before this UTC epoch second; None for all.

    Raises:
        StoreError: A session is being recorded, another program keeps the database open, or a
            file cannot be deleted.
    """
    sessions = store.erase(before)
    files = profile_files.files_of(student.folder, "report", "damaged", "temporary")
    left = [_about_link(path) for path in files if path.is_symlink()]
    _delete(student, files)
    unknown = profile_files.files_of(student.folder, "unknown")
    left += [f"{path} is not a file of the application's own: it was left" for path in unknown]
    return Erased(sessions, tuple(files), tuple(left))


def expire_sessions(student: Student, store: Store, before: float) -> Erased:
    """Erase sessions that are too old, and what tells of nothing newer.

    Where a session was too old, all reports go, because they may tell about it. A damaged
    database goes when it was last written before, so that all its sessions are too old.

    Args:
        student: Whose.
        store: The student's, open for recording.
        before: UTC epoch second before which a session must have begun to be too old.

    Raises:
        StoreError: A file cannot be deleted, or the database not be written.
    """
    due = any(session.began < before for session in store.sessions())
    sessions = store.erase(before) if due else 0
    reports = profile_files.files_of(student.folder, "report")
    files = reports if sessions else _written_before(reports, before)
    files += _written_before(profile_files.files_of(student.folder, "damaged"), before)
    files += leftovers(student)
    _delete(student, files)
    return Erased(sessions, tuple(files))


def leftovers(student: Student) -> list[Path]:
    """Temporary files that whoever wrote them never got to delete."""
    now = time.time()
    return _written_before(profile_files.files_of(student.folder, "temporary"), now - _ABANDONED_S)


def delete_leftovers(student: Student) -> int:
    """Overwrite and delete abandoned temporary files.

    Returns:
        How many.

    Raises:
        StoreError: One cannot be deleted.
    """
    files = leftovers(student)
    _delete(student, files)
    return len(files)


def _written_before(files: Iterable[Path], moment: float) -> list[Path]:
    found = []
    for path in files:
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_mtime < moment:
                found.append(path)
    return found


def _delete(student: Student, files: Iterable[Path]) -> None:
    for path in files:
        try:
            with contextlib.suppress(FileNotFoundError):
                owner_only.delete(path)
        except OSError as error:
            raise StoreError(
                LazyText(
                    "{path} cannot be deleted: {reason}", path=path, reason=error.strerror or error
                )
            ) from error
    for folder in profile_files.temporary_folders(student.folder):
        with contextlib.suppress(OSError):  # somebody writes in it just now
            folder.rmdir()


def _about_link(path: Path) -> str:
    return f"{path} was a link; its target, {path.readlink()}, was not touched"
