"""The pictures and videos of a folder, and what in it is neither."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from overlay.errors import SourceError
from overlay.language import LazyText
from overlay.sources.file_kind import Kind, kind_by_content, kind_of

#: Up to so many files left out for the same reason get a line each.
_MOST_NAMED = 5

_NEITHER = "it is neither a picture nor a video"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A picture or video to read.

    Attributes:
        path: Where it is.
        name: Its path below the folder it was found in, with `/` between the parts; its name
            alone where it was named itself.
        kind: Whether it is a picture or a video.
    """

    path: Path
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is not read.

    Attributes:
        name: As in `InputFile`.
        reason: Why, as the rest of a sentence.
    """

    name: str
    reason: str


@dataclass(slots=True)
class Listing:
    """What a folder holds.

    Attributes:
        files: Pictures and videos in natural order (`img2` before `img10`).
        left_out: Everything else that is worth a word, in the same order.
    """

    files: list[InputFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def list_files(path: Path, *, recursive: bool = True) -> Listing:
    """Find the pictures and videos of a folder, by their content.

    Links are followed unless they lead to a folder that they lie in, and every folder is read once,
    whatever links lead to it. Hidden files and
    folders are left out; hidden files are mentioned only if they are pictures or videos.

    Args:
        path: A folder; or a file, which then is the only one.
        recursive: Whether to read subfolders.

    Raises:
        SourceError: The folder is not there or cannot be read.
    """
    if not os.path.isdir(path):
        return Listing([InputFile(path, path.name, _kind_of_file(path))])
    search = _Search(recursive)
    try:
        search.folder(path, "")
    except OSError as error:
        raise SourceError(
            LazyText("'{path}' cannot be read: {reason}", path=path, reason=error.strerror)
        ) from error
    search.rest()
    found = search.found
    found.files.sort(key=lambda file: natural_key(file.name))
    found.left_out.sort(key=lambda left: natural_key(left.name))
    return found


def natural_key(name: str) -> list[list[tuple[int, int, str]]]:
    """A key by which names sort as people count, part by part: `a2/x` before `a10/x`."""
    return [
        [
            (0, int(run), "") if run.isdecimal() else (1, 0, run)
            for run in re.findall(r"\d+|\D+", part.casefold())
        ]
        for part in name.split("/")
    ]


def lines_about(left_out: Sequence[LeftOut]) -> list[str]:
    """What to tell about files that were left out: a line each, or a count where they are many."""
    by_reason: dict[str, list[str]] = {}
    for left in left_out:
        by_reason.setdefault(left.reason, []).append(left.name)
    lines = []
    for reason, names in by_reason.items():
        if len(names) <= _MOST_NAMED:
            lines += [f"{name} was left out: {reason}" for name in names]
        else:
            lines.append(f"{len(names):,} were left out, each because {reason} ({_count(names)})")
    return lines


def _count(names: Sequence[str]) -> str:
    """How many there are of each kind, such as `9,998 .txt, 2 .pdf`."""
    kinds = Counter(os.path.splitext(name)[1].lower() or "others" for name in names)
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(_MOST_NAMED))


def _kind_of_file(path: Path) -> Kind:
    try:
        return kind_of(path) or "video"
    except FileNotFoundError:
        raise SourceError(LazyText("no such file: '{path}'", path=path)) from None
    except OSError as error:
        raise SourceError(
            LazyText("'{path}' cannot be read: {reason}", path=path, reason=error.strerror)
        ) from error


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """Whether the system hides it: by a leading dot, or on Windows by an attribute."""
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return entry.name.startswith(".") or bool(attributes & 2)  # FILE_ATTRIBUTE_HIDDEN


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Whether it is a symbolic link, or a junction, as Windows has them for folders."""
    return entry.is_symlink() or (sys.version_info >= (3, 12) and entry.is_junction())


def _leads_up(link: str) -> bool:
    """Whether a link leads to a folder that it lies in, which may be far above the first one."""
    there, here = Path(os.path.realpath(link)), Path(os.path.realpath(os.path.dirname(link)))
    return there == here or there in here.parents


class _Search:
    """One walk through a folder; what links lead to comes last, so that its own path counts."""

    def __init__(self, recursive: bool) -> None:
        self.found = Listing()
        self._recursive = recursive
        self._waiting: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._seen: set[tuple[int, int]] = set()

    def folder(self, path: str | Path, prefix: str) -> None:
        """Look at each entry of one folder; subfolders wait for `rest`."""
        here = os.stat(path)
        if (here.st_dev, here.st_ino) in self._seen:
            self._leave_out(prefix, "its folder is read already, by another path")
            return
        self._seen.add((here.st_dev, here.st_ino))
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: natural_key(entry.name), reverse=True):
                try:
                    self._entry(entry, prefix + entry.name)
                except OSError as error:
                    self._leave_out(prefix + entry.name, f"it cannot be read: {error.strerror}")

    def rest(self) -> None:
        """Look at the subfolders that were found, and at theirs."""
        while self._waiting or self._links:
            path, prefix = self._waiting.pop() if self._waiting else self._links.pop()
            try:
                self.folder(path, prefix)
            except OSError as error:
                self._leave_out(prefix, f"it cannot be read: {error.strerror}")

    def _entry(self, entry: os.DirEntry[str], name: str) -> None:
        if entry.is_dir():
            self._subfolder(entry, name + "/")
            return
        try:
            mode = entry.stat().st_mode
        except FileNotFoundError:
            self._leave_out(name, "it is a broken link")
            return
        path = Path(entry.path)
        if not stat.S_ISREG(mode):
            self._leave_out(name, "it is a device, not a file")
        elif _is_hidden(entry):
            if kind_by_content(path):
                self._leave_out(name, "it is hidden")
        elif kind := kind_of(path):
            self.found.files.append(InputFile(path, name, kind))
        else:
            self._leave_out(name, _NEITHER)

    def _subfolder(self, entry: os.DirEntry[str], name: str) -> None:
        if _is_hidden(entry):
            self._leave_out(name, "it is hidden")
        elif not self._recursive:
            self._leave_out(name, "subfolders are not read")
        elif not _is_link(entry):
            self._waiting.append((entry.path, name))
        elif _leads_up(entry.path):
            self._leave_out(name, "it is a link to a folder above")
        else:
            self._links.append((entry.path, name))

    def _leave_out(self, name: str, reason: str) -> None:
        self.found.left_out.append(LeftOut(name, reason))
