"""Students: a profile is a folder that only its owner can read."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overlay.errors import StudentError
from overlay.host import resources
from overlay.host.private_folder import check_private_folder, make_private_folder
from overlay.json_object import parse_object
from overlay.language import LazyText
from overlay.logs import keep_out
from overlay.monitor import owner_only, profile_files
from overlay.monitor.database import recording_lock
from overlay.printable import printable

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Student:
    """One student's profile.

    Attributes:
        name: As the student wrote it, without leading or trailing spaces.
        folder: The folder with everything about the student.
    """

    name: str
    folder: Path

    def __post_init__(self) -> None:
        keep_out(self.name, *self.name.split(), self.folder.name)

    @property
    def store_path(self) -> Path:
        """The database of the student's sessions; it may not exist yet."""
        return self.folder / profile_files.DATABASE

    @property
    def own_files(self) -> list[Path]:
        """The files the application keeps about the student, which nothing else may replace."""
        kinds: tuple[profile_files.Kind, ...] = ("profile", "calibration", "lock")
        return profile_files.files_of(self.folder, *kinds, "database", "damaged")


def students_dir() -> Path:
    """The folder of all students; it may not exist yet.

    The environment variable `EMOTION_OVERLAY_STUDENTS_DIR` names another one, for example on an
    encrypted disk.
    """
    named = os.environ.get("EMOTION_OVERLAY_STUDENTS_DIR")
    return Path(named) if named else resources.data_dir() / "students"


def add_student(name: str) -> Student:
    """Create a profile.

    Raises:
        StudentError: The name cannot be used, is taken, or the folder cannot be written.
    """
    student = _named(name)
    if (student.folder / profile_files.PROFILE).exists():
        raise StudentError(
            LazyText(
                "there is already a student {name}: choose another name", name=repr(student.name)
            )
        )
    try:
        make_private_folder(students_dir().resolve())
        make_private_folder(student.folder)
        owner_only.write_json(
            student.folder / profile_files.PROFILE,
            {"version": 1, "name": student.name, "created": time.time(), "consent": None},
        )
    except PermissionError as error:
        raise _refused(error) from error
    except OSError as error:
        raise StudentError(
            LazyText(
                "{folder} cannot be written: {reason}", folder=student.folder, reason=error.strerror
            )
        ) from error
    return student


def find_student(name: str) -> Student:
    """The student of this name; upper case and surrounding spaces do not matter.

    Raises:
        StudentError: The name cannot be used, there is no such student, or others can get into
            the folder.
    """
    student = _named(name)
    if not (student.folder / profile_files.PROFILE).exists():
        known = ", ".join(s.name for s in list_students())
        there = (
            LazyText("there are: {names}", names=known) if known else LazyText("there is none yet")
        )
        raise StudentError(
            LazyText(
                "no student {name!r} ({there}): add one with "
                "`emotion-overlay student add {quoted}`",
                name=student.name,
                there=there,
                quoted=_quoted(student.name),
            )
        )
    try:
        check_private_folder(student.folder)
    except PermissionError as error:
        raise _refused(error) from error
    return Student(_shown_name(read_profile(student)), student.folder)


def list_students() -> list[Student]:
    """All students by name; folders that are not profiles are ignored."""
    students = []
    for path in sorted(students_dir().glob(f"*/{profile_files.PROFILE}")):
        try:
            name = _shown_name(parse_object(path.read_bytes()))
        except (OSError, ValueError):
            continue
        students.append(Student(name, path.parent))
    return sorted(students, key=lambda student: _identity(student.name))


def remove_student(name: str) -> list[Path]:
    """Overwrite and delete a student's folder with everything in it; links are not followed.

    Returns:
        The files that were removed, then the folder.

    Raises:
        StudentError: There is no such student, a session is being recorded, or a file cannot be
            removed.
    """
    student = find_student(name)
    try:
        lock = recording_lock(student.store_path)
        if lock is None:
            raise StudentError(
                LazyText("{name} is being recorded: stop that recording first", name=student.name)
            )
        lock.release()
        removed = profile_files.files_of(student.folder)
        for path in removed:
            owner_only.delete(path)
        shutil.rmtree(student.folder)
    except OSError as error:
        raise StudentError(
            LazyText(
                "{folder} cannot be removed: {reason}", folder=student.folder, reason=error.strerror
            )
        ) from error
    return [*removed, student.folder]


def read_profile(student: Student) -> dict[str, object]:
    """What the profile says.

    Raises:
        StudentError: It cannot be read.
    """
    path = student.folder / profile_files.PROFILE
    try:
        content = parse_object(path.read_bytes())
        _shown_name(content)
    except (OSError, ValueError) as error:
        raise StudentError(
            LazyText(
                "{path} cannot be read ({reason}): delete it and add the student again; the "
                "sessions next to it stay",
                path=path,
                reason=type(error).__name__,
            )
        ) from error
    return content


def change_profile(student: Student, **values: object) -> None:
    """Set values in the profile.

    Raises:
        StudentError: It cannot be read or written.
    """
    path = student.folder / profile_files.PROFILE
    try:
        owner_only.write_json(path, {**read_profile(student), **values})
    except OSError as error:
        raise StudentError(
            LazyText("{path} cannot be written: {reason}", path=path, reason=error.strerror)
        ) from error


def _refused(error: PermissionError) -> StudentError:
    """For a folder that is there already: it may be others', so it is not closed."""
    reason, folder = error.strerror or error, error.filename
    if reason == "is open to others":
        fix = LazyText(
            "run `chmod 700 {folder}` if only you use it",
            folder=shlex.quote(str(folder)),
        )
    else:
        fix = LazyText("check who may write there")
    return StudentError(
        LazyText(
            "{folder} {reason}: {fix}, or name another students' folder",
            folder=folder,
            reason=LazyText(str(reason)),
            fix=fix,
        )
    )


def _named(name: str) -> Student:
    """The student a name stands for, whether or not there is one."""
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not shown:
        raise StudentError(LazyText("a student needs a name: it is empty"))
    if len(shown) > _LONGEST_NAME:
        raise StudentError(
            LazyText(
                "the name has {n} characters: use at most {most}", n=len(shown), most=_LONGEST_NAME
            )
        )
    if printable(shown) != shown:
        raise StudentError(LazyText("the name has characters that cannot be shown: leave them out"))
    return Student(shown, students_dir() / _folder_name(shown))


def _shown_name(profile: Mapping[str, object]) -> str:
    """The name in a profile.

    Raises:
        ValueError: There is none, or it cannot be shown.
    """
    name = profile.get("name")
    if not isinstance(name, str) or not name.strip() or printable(name) != name:
        raise ValueError("no name")
    return name


def _folder_name(name: str) -> str:
    """A folder name that every file system accepts, and that no other student has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall("[a-z0-9]+", plain))[:32].strip("-")
    digest = hashlib.sha256(_identity(name).encode()).hexdigest()
    return f"{slug or 'student'}-{digest[:10]}"


def _identity(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
