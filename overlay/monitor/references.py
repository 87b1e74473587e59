"""Reference pictures of a student: from image files, or taken with the webcam."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from overlay.errors import SourceError, StudentError
from overlay.language import LazyText, _
from overlay.monitor.wording import adjective
from overlay.perception.personal import References
from overlay.perception.portrait import Portrait, PortraitReader
from overlay.scene import EMOTIONS, Box, Frame, Image
from overlay.sources.image import ImageSource
from overlay.sources.listing import list_files

#: The time to prepare before the first picture of a label, in seconds.
COUNTDOWN_S = 3.0
#: The time between two pictures of one label, so that they differ a little, in seconds.
_BETWEEN_S = 1.0
#: How long the face must be still before a picture is taken, in seconds.
_STILL_S = 0.4
#: How far a still face may move or grow, in face widths.
_STILL = 0.06
#: How long to try to take a picture, in seconds.
_PATIENCE_S = 20.0

Show = Callable[[Image, Box | None, str], None]


def read_files(reader: PortraitReader, files: Sequence[tuple[str, Path]]) -> References:
    """Read reference pictures.

    Args:
        reader: Reads the face in each.
        files: Label and file of each picture.

    Raises:
        StudentError: A file is not a picture, or does not show exactly one face; it names the file.
    """
    return _references([(label, _read_file(reader, path)) for label, path in files])


def files_in(folder: Path) -> list[tuple[str, Path]]:
    """Label and file of the pictures in subfolders named after expressions.

    Raises:
        StudentError: The folder cannot be read, a subfolder is not named after an expression, or
            there is no picture.
        SourceError: A subfolder cannot be read.
    """
    files: list[tuple[str, Path]] = []
    for subfolder in filter(os.path.isdir, _sorted(folder)):
        label = subfolder.name.lower()
        if label not in EMOTIONS:
            raise StudentError(
                LazyText(
                    "{subfolder} is not named after an expression: use {choices}",
                    subfolder=subfolder,
                    choices=", ".join(EMOTIONS),
                )
            )
        found = list_files(subfolder, recursive=False).files
        files += [(label, file.path) for file in found if file.kind == "picture"]
    if not files:
        raise StudentError(
            LazyText(
                "{folder} has no pictures in subfolders named after expressions, for "
                "example neutral/1.jpg and happy/1.jpg",
                folder=folder,
            )
        )
    return files


def _sorted(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise StudentError(
            LazyText("{folder} cannot be read: {reason}", folder=folder, reason=error.strerror)
        ) from error


def _read_file(reader: PortraitReader, path: Path) -> Portrait:
    if not os.path.isfile(path):
        raise StudentError(LazyText("{path}: no such file", path=path))
    try:
        with ImageSource(path, pace=False) as source:
            frame = source.read()
    except SourceError as error:
        raise StudentError(
            LazyText("{path} is not a picture: save it again as .png or .jpg", path=path)
        ) from error
    portrait = Portrait(0) if frame is None else reader.read(frame.image)
    if portrait.faces == 0:
        raise StudentError(
            LazyText(
                "{path} shows no face: choose one with your face upright and well lit", path=path
            )
        )
    if portrait.faces > 1:
        raise StudentError(
            LazyText(
                "{path} shows {faces} faces: crop it so that only yours is left",
                path=path,
                faces=portrait.faces,
            )
        )
    return portrait


class Guide:
    """Takes reference pictures with a camera; only numbers are kept of them.

    Time is that of the frames.

    Args:
        frames: Of the camera, or of any other source.
        reader: Reads the face in each frame.
        say: Receives a line for the student whenever something changes.
        show: Receives every frame, the box of the face or None, and the line.

    Attributes:
        taken: How many pictures of the label have been taken.
    """

    def __init__(
        self,
        frames: Iterable[Frame],
        reader: PortraitReader,
        *,
        say: Callable[[str], None],
        show: Show = lambda image, box, line: None,
    ) -> None:
        self._frames = iter(frames)
        self._reader = reader
        self._say = say
        self._show = show
        self._line = ""
        self.taken = 0

    def take(self, label: str, count: int) -> References:
        """Take pictures of one expression.

        Args:
            label: Of `EMOTIONS`, or the student's own.
            count: How many.

        Raises:
            StudentError: No picture could be taken for a while, or the source ended.
        """
        portraits = []
        what = _("look {word}") if label in EMOTIONS else _("show '{word}'")
        what = what.format(word=adjective(label) if label in EMOTIONS else label)
        for number in range(1, count + 1):
            numbers = {"number": number, "count": count}
            picture = _("picture {number} of {count}").format(**numbers)
            self._count_down(f"{what}, {picture}", number == 1)
            portraits.append(self._take_one())
            self.taken = number
            self._tell(_("picture {number} of {count} taken").format(**numbers))
        return _references([(label, portrait) for portrait in portraits])

    def _count_down(self, what: str, first: bool) -> None:
        wait_s = COUNTDOWN_S if first else _BETWEEN_S
        begin_s = None
        for time_s, portrait in self._portraits():
            begin_s = time_s if begin_s is None else begin_s
            left = math.ceil(begin_s + wait_s - time_s)
            if left <= 0:
                return
            self._tell(f"{what}: {left} ... {_seen(portrait)}")

    def _take_one(self) -> Portrait:
        """The first picture of one face that has been still for a moment."""
        begin_s = since_s = None
        still: Box | None = None
        for time_s, portrait in self._portraits():
            begin_s = time_s if begin_s is None else begin_s
            if time_s - begin_s > _PATIENCE_S:
                raise StudentError(
                    LazyText(
                        "no picture could be taken for {seconds} s ({seen}): sit alone in front of "
                        "the camera, in good light, and hold still",
                        seconds=round(_PATIENCE_S),
                        seen=_seen(portrait),
                    )
                )
            if portrait.box is None or still is None or not _same_place(still, portrait.box):
                still, since_s = portrait.box, time_s
                self._tell(_seen(portrait))
            elif since_s is not None and time_s - since_s >= _STILL_S:
                return portrait
        raise AssertionError("the frames end with an error")

    def _portraits(self) -> Iterator[tuple[float, Portrait]]:
        for frame in self._frames:
            portrait = self._reader.read(frame.image)
            self._show(frame.image, portrait.box, self._line)
            yield frame.time_s, portrait
        raise StudentError(LazyText("no more pictures come from the camera"))

    def _tell(self, line: str) -> None:
        if line != self._line:
            self._line = line
            self._say(line)


def _references(portraits: Sequence[tuple[str, Portrait]]) -> References:
    return References(
        tuple(label for label, _ in portraits),
        np.array([portrait.embedding for _, portrait in portraits], np.float32),
        np.array([portrait.probabilities for _, portrait in portraits], np.float32),
    )


def _seen(portrait: Portrait) -> str:
    if portrait.faces == 0:
        return _("no face found")
    if portrait.faces == 1:
        return _("face found, hold still")
    return _("{faces} faces found, only yours may be in view").format(faces=portrait.faces)


def _same_place(before: Box, now: Box) -> bool:
    (x, y), (before_x, before_y) = now.center, before.center
    moved = math.hypot(x - before_x, y - before_y) / max(before.width, 1.0)
    grown = abs(now.width / max(before.width, 1.0) - 1)
    return moved <= _STILL and grown <= _STILL
