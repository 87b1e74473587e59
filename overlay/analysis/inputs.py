"""Which files to read, from what the user names, and where the labelled ones go."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from overlay.analysis.job import Job
from overlay.analysis.output_names import output_names
from overlay.camera_url import is_camera_url, shown
from overlay.errors import SourceError
from overlay.sources.listing import InputFile, LeftOut, lines_about, list_files
from overlay.targets import check_folder


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to read.

    Attributes:
        jobs: The files, in the order of the results.
        left_out: What else is in the folders.
        are_many: Whether there may be several files: a folder, or more than one input.
    """

    jobs: list[Job]
    left_out: list[LeftOut]
    are_many: bool


def find_inputs(
    inputs: Sequence[str],
    *,
    save: Path | None = None,
    recursive: bool = True,
    every_s: float | None = None,
) -> Inputs:
    """Find the files to read. One that is named twice is read once.

    Results name a file by its path below the folder that the user named; if the user named
    several inputs, by the path that leads there.

    Args:
        inputs: Paths of pictures, videos, and folders of them.
        save: Where the labelled file goes; or the folder for them, if there may be several.
        recursive: Whether to read subfolders.
        every_s: Read one frame of a video in so many seconds; None for every frame.

    Raises:
        SourceError: An input is not there or cannot be read, or there is nothing to read in it.
        TargetError: The folder for labelled files lies in one that is read.
    """
    for url in filter(is_camera_url, inputs):
        raise SourceError(
            f"'{shown(url)}' is not a file: `run --source` reads network cameras; download a video "
            "before you analyze it"
        )
    paths = [Path(each) for each in inputs]
    several = len(paths) > 1
    are_many = several or os.path.isdir(paths[0])
    found: dict[str, _Found] = {}
    left_out: list[LeftOut] = []
    for path in paths:
        _check(path)
        if save is not None and os.path.isdir(path):
            check_folder(save, path)
        listing = list_files(path, recursive=recursive)
        for left in listing.left_out:
            name = (path / left.name).as_posix() if several else left.name
            left_out.append(LeftOut(name, left.reason))
        folder = f"{path.resolve().name}/" if several and path.is_dir() else ""
        for file in listing.files:
            name = file.path.as_posix() if several else file.name
            found.setdefault(_identity(file.path), _Found(file, name, folder + file.name))
    if not found:
        named = ", ".join(f"'{each}'" for each in inputs)
        reason = "".join(f"; {line}" for line in lines_about(left_out)[:1])
        raise SourceError(f"no picture and no video in {named}: name another folder{reason}")
    files = list(found.values())
    outputs: list[Path | None] = [save] * len(files)
    if save is not None and are_many:
        names = output_names([(each.output, each.file.kind) for each in files])
        outputs = [save / name for name in names]
    jobs = [
        _job(each, output, are_many, every_s) for each, output in zip(files, outputs, strict=True)
    ]
    return Inputs(jobs, left_out, are_many)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to read.

    Attributes:
        file: The file.
        name: What results call it.
        output: What the labelled file is called below the folder for all, if it can be.
    """

    file: InputFile
    name: str
    output: str


def _check(path: Path) -> None:
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        raise SourceError(f"no such file or folder: '{path}'") from None
    except OSError as error:
        raise SourceError(f"'{path}' cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise SourceError(f"'{path}' is a device: name an image, a video or a folder of them")


def _identity(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))


def _job(found: _Found, save: Path | None, make_folder: bool, every_s: float | None) -> Job:
    file = found.file
    status = file.path.stat()
    return Job(
        path=file.path,
        file=found.name,
        size=status.st_size,
        changed_ns=status.st_mtime_ns,
        kind=file.kind,
        save=save,
        make_folder=make_folder,
        every_s=every_s if file.kind == "video" else None,
    )
