"""Frames from one image, or from a folder of images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

from overlay.errors import PictureError, SourceError
from overlay.language import LazyText
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.listing import list_files
from overlay.sources.pacing import Pacer
from overlay.sources.picture_file import read_picture

#: How long a paced folder shows each image.
_HOLD_S = 3.0


class ImageSource(Source):
    """One image, or the images of a folder in natural order (`img2` before `img10`).

    Attributes:
        frame_count: Number of images found.
        files: The images found, in their order.
        is_folder: Whether the source is a folder.
        file: Name of the image in the newest frame.
    """

    def __init__(
        self, path: Path, *, fps: float = 30.0, pace: bool = True, loop: bool = False
    ) -> None:
        """Open the image, or the first image of the folder.

        Args:
            path: An image file or a folder; other files in the folder are ignored.
            fps: Frames per second.
            pace: Whether to be a live source: an image repeats forever, and a folder shows each
                image for 3 seconds. Otherwise each image is one frame.
            loop: Whether a folder, or an image that is not paced, starts again at the end.

        Raises:
            SourceError: No image can be decoded.
        """
        self.files = find_images(path)
        self.is_folder = os.path.isdir(path)
        self.file = ""
        self._still = pace and not self.is_folder
        self._repeats = round(_HOLD_S * fps) if pace else 1
        self._loop = loop
        self._pacer = Pacer() if pace else None
        self._index = 0
        self._warnings: list[str] = []
        self._error: PictureError | None = None
        self.frame_count = len(self.files)
        self.name = path.name or str(path)
        self.live = pace
        self.fps = fps
        images = self._decode()
        first = next(images, None)
        if first is None:
            raise self._nothing_read(path)
        self.size = (first[1].shape[1], first[1].shape[0])
        self._images: Iterator[tuple[str, Image]] = chain([first], images)

    def read(self) -> Frame | None:
        """Return the next frame, on time if paced, or None at the end."""
        named = next(self._images, None)
        if named is None:
            return None
        self.file, image = named
        due_s = self._index / self.fps
        time_s = self._pacer.wait(due_s) if self._pacer else due_s
        # Every frame is a separate array, so the caller may draw on it.
        frame = Frame(image.copy(), time_s, self._index)
        self._index += 1
        return frame

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the images read so far, one line each."""
        return self._warnings

    def close(self) -> None:
        """Release the images; safe to call twice."""
        self._images = iter(())

    def _decode(self) -> Iterator[tuple[str, Image]]:
        decoded = True
        while decoded:
            decoded = False
            for path in self.files:
                image = self._read(path)
                if image is not None:
                    decoded = self._loop
                    named = (path.name, image)
                    yield from repeat(named) if self._still else repeat(named, self._repeats)

    def _read(self, path: Path) -> Image | None:
        try:
            picture = read_picture(path)
        except PictureError as error:
            self._error = error
            self._warn(f"{path.name} was left out: {error.reason}")
            return None
        for note in picture.notes:
            self._warn(f"{path.name} {note}")
        return picture.image

    def _nothing_read(self, path: Path) -> SourceError:
        if self.is_folder or self._error is None:
            first = f"; {self._warnings[0]}" if self._warnings else ""
            return SourceError(
                LazyText("'{path}' has no picture that can be read{first}", path=path, first=first)
            )
        return self._error

    def _warn(self, line: str) -> None:
        if line not in self._warnings:  # in a loop the same ones come again
            self._warnings.append(line)


def find_images(path: Path) -> list[Path]:
    """The picture itself, or the pictures of a folder in natural order (`img2` before `img10`).

    Raises:
        SourceError: It is not there, cannot be read, or is a folder without pictures.
    """
    if not os.path.isdir(path):
        if not os.path.exists(path):
            raise SourceError(LazyText("no such file: '{path}'", path=path))
        return [path]
    files = list_files(path, recursive=False).files
    found = [file.path for file in files if file.kind == "picture"]
    if not found:
        raise SourceError(
            LazyText("no images in folder '{path}': put .png or .jpg files there", path=path)
        )
    return found
