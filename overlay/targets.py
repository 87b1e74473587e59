"""Files that a command is about to write: never what it reads, and no other file unasked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from overlay.errors import TargetError
from overlay.host.atomic_file import is_replaceable
from overlay.host.terminal import confirm, has_terminal

#: How many files a question names.
_NAMED = 3

#: Device and number of a file that is there; the path that leads to one that is not there yet.
_Identity = tuple[int, int] | str

_NAME = "name another file"


def check_targets(
    targets: Iterable[Path],
    *,
    inputs: Iterable[Path] = (),
    ours: Iterable[Path] = (),
    force: bool = False,
) -> None:
    """Make sure that files may be written where the user names them, before anything is.

    Files are compared by identity, so that links, other spellings of a path and file systems
    that ignore case make no difference.

    Args:
        targets: The files to write. Devices and FIFOs are written through and replace nothing.
        inputs: The files and folders that are read meanwhile; nothing may replace them.
        ours: Targets that an earlier call wrote; they may be replaced.
        force: The user has said on the command line that other files may be replaced.

    Raises:
        TargetError: A target is an input, two targets are the same file, or a file is there and
            the user does not want it replaced, or cannot be asked.
    """
    targets = list(targets)
    read = {_identity(path) for path in inputs}
    earlier = {_identity(path) for path in ours}
    before: set[_Identity] = set()
    taken = []
    for target in targets:
        identity = _identity(target)
        if identity in read:
            raise TargetError(f"'{target}' is being read and will not be overwritten: {_NAME}")
        if identity in before:
            raise TargetError(f"'{target}' is given twice: {_NAME}")
        before.add(identity)
        if identity not in earlier and os.path.isfile(target) and is_replaceable(target):
            taken.append(target)
    if taken and not force:
        _ask(taken)


def check_folder(target: Path, read: Path) -> None:
    """Make sure that a folder of results is not the folder that is read, nor inside it.

    Raises:
        TargetError: It is.
    """
    place = Path(os.path.realpath(target))
    if any(_identity(folder) == _identity(read) for folder in (place, *place.parents)):
        raise TargetError(f"'{target}' is inside the folder being read: name a folder outside it")


def free_name(path: Path) -> Path:
    """The path, or where something is there already, the first free one of `NAME-2`, `NAME-3`."""
    free, number = path, 1
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _identity(path: Path) -> _Identity:
    """What is equal for two paths exactly if they lead to the same file."""
    try:
        status = os.stat(path)
    except OSError:  # it is not there yet
        return os.path.normcase(os.path.realpath(path))
    return status.st_dev, status.st_ino


def _ask(taken: Sequence[Path]) -> None:
    names = ", ".join(f"'{path}'" for path in taken[:_NAMED])
    more = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
    if len(taken) == 1:
        exist, fix = f"{names} exists already", f"{_NAME}, or add --force to replace it"
    else:
        exist = f"{names}{more} exist already"
        fix = "name another place, or add --force to replace them"
    if not has_terminal():
        raise TargetError(f"{exist}: {fix}")
    if not confirm(f"{exist}. Replace?"):
        raise TargetError(f"{names}{more} kept; nothing was written")
