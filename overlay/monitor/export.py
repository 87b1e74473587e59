"""Everything about a student in a ZIP file that can be read without this application."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from overlay.errors import ReportError
from overlay.host.atomic_file import atomic_write
from overlay.monitor import profile_files
from overlay.monitor.formats import seconds_csv, sessions_json
from overlay.monitor.history import read_chapters
from overlay.monitor.store import Store
from overlay.monitor.students import Student
from overlay.targets import check_targets

_README = """\
Emotion Overlay: everything that was kept about {name}.

sessions.json     each session with its statistics, timeline and moments
seconds.csv       every second of every session
sessions.sqlite   the same as the application's own database (SQLite)
profile/          all other files of the profile: name, consent, settings, calibration, reports

DATA.md           what the columns and fields mean

It contains no pictures, because none were kept.
"""
_DATA = Path(__file__).with_name("session_data.md")

#: Where a database says that it has a WAL (https://sqlite.org/fileformat2.html, 1.3.3).
_FORMAT_VERSIONS = slice(18, 20)


def export_student(student: Student, path: Path, *, force: bool = False) -> list[str]:
    """Write everything in a profile to a ZIP file with mode 0600.

    Args:
        student: Whose.
        path: The file.
        force: Whether it may replace one that is there already, without asking.

    Returns:
        The names in the ZIP file.

    Raises:
        ReportError: It cannot be written; no incomplete file is left.
        TargetError: It would overwrite a file of the profile, or another one unasked.
        StoreError: The database cannot be read.
    """
    if os.path.isdir(path):
        raise ReportError(f"{path} is a folder: name a file in it, for example {path / 'me.zip'}")
    check_targets([path], inputs=student.own_files, force=force)
    with Store.open(student.store_path) as store:
        sessions = store.sessions()
        table = seconds_csv((session, store.seconds(session.id)) for session in sessions)
        told = sessions_json(student.name, read_chapters(store, sessions))
    own = os.path.realpath(path)
    others = [found for found in _other_files(student) if os.path.realpath(found) != own]
    try:
        with (
            atomic_write(path, private=True, durable=True) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr("README.txt", _README.format(name=student.name))
            archive.write(_DATA, "DATA.md")
            archive.writestr("sessions.json", told)
            archive.writestr("seconds.csv", table)
            archive.writestr("sessions.sqlite", _database_copy(student.store_path))
            for found in others:
                archive.write(found, "profile" / found.relative_to(student.folder))
            return archive.namelist()
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReportError(f"{path} cannot be written: {reason}; name another file") from error


def _other_files(student: Student) -> list[Path]:
    """The profile's files other than the live database, its lock and temporary files.

    What a link leads to is not part of the profile.
    """
    own = profile_files.files_of(student.folder, "database", "lock", "temporary")
    every = profile_files.files_of(student.folder)
    return [path for path in every if path not in own and not path.is_symlink()]


def _database_copy(path: Path) -> bytes:
    """A consistent copy of a database, which may be in use, made in memory."""
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        image = bytearray(copy.serialize())
    image[_FORMAT_VERSIONS] = b"\x01\x01"  # no WAL, so that it opens where nothing can be written
    return bytes(image)
