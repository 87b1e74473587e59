"""Frames to a video file that is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import cv2

from overlay.atomic_file import is_replaceable
from overlay.errors import OutputError
from overlay.outputs.base import Output
from overlay.scene import Image
from overlay.targets import free_name

#: H.264 plays everywhere but OpenCV's wheels encode it only with the system's help.
_CODECS = ("avc1", "mp4v")


class VideoFile(Output):
    """An .mp4 file. Odd sizes get one more column or row, a copy of the last.

    Frames go to a hidden file beside the target, which takes the target's name on `close`. On an
    error inside a `with` block, or on `discard`, neither is left.

    Attributes:
        path: The target.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], fps: float, *, replace: bool = False
    ) -> None:
        """Begin the file.

        Args:
            path: Where it shall lie; what a link leads to is written, not the link.
            size: Width and height of the frames, in pixels.
            fps: Frames a second, above 0.
            replace: Whether it takes the place of an older file of that name, on `close`;
                otherwise it takes the next free name, as `lesson-2.mp4`.

        Raises:
            OutputError: The folder cannot be written to, or the name does not end in .mp4.
        """
        if path.suffix.lower() != ".mp4":
            raise OutputError(f"cannot write '{path}': give it a name that ends in .mp4")
        if path.is_dir():
            raise OutputError(f"cannot write '{path}': a folder has that name; choose another name")
        if not is_replaceable(path):
            raise OutputError(f"cannot write '{path}': a video needs a regular file; name another")
        self.path = Path(os.path.realpath(path)) if replace else free_name(path)
        self.name = self.path.name
        self.size = size
        self._even_size = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        self._part = self.path.with_name(f".{self.path.stem}.{os.getpid()}.part.mp4")
        _reserve(self._part, self.path)
        self._frames = 0
        self._writer: cv2.VideoWriter | None = self._open(fps)

    def send(self, image: Image) -> None:
        """Append one frame.

        Raises:
            OutputError: The frame is of another size, or the file is closed.
        """
        if self._writer is None:
            raise OutputError(f"'{self.path}' is closed: open it again")
        if image.shape != (self.size[1], self.size[0], 3):
            raise OutputError(
                f"'{self.path}' takes frames of {self.size}, not {image.shape[1::-1]}"
            )
        if self._even_size != self.size:
            right, bottom = self._even_size[0] - self.size[0], self._even_size[1] - self.size[1]
            self._writer.write(cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE))
        else:
            self._writer.write(image)
        self._frames += 1

    def close(self) -> None:
        """Finish the file and give it its name; safe to call twice.

        Raises:
            OutputError: It could not be written whole, for example because the disk is full.
        """
        if self._writer is None:
            return
        self._release()
        try:
            if self._frames and not _readable(self._part):
                raise OutputError(f"'{self.path}' could not be written: is the disk full?")
            if self._frames:
                os.replace(self._part, self.path)
        except OSError as error:
            raise OutputError(f"'{self.path}' could not be written: {error.strerror}") from error
        finally:
            self._part.unlink(missing_ok=True)

    def discard(self) -> None:
        """Give up the file; the target stays what it was."""
        self._release()
        self._part.unlink(missing_ok=True)

    def __exit__(self, kind: object = None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _open(self, fps: float) -> cv2.VideoWriter:
        for codec in _CODECS:
            fourcc = cv2.VideoWriter.fourcc(*codec)
            writer = cv2.VideoWriter(str(self._part.absolute()), fourcc, fps, self._even_size)
            if writer.isOpened():
                return writer
        self._part.unlink(missing_ok=True)
        width, height = self.size
        raise OutputError(f"no encoder writes '{self.path}' at {width}x{height}, {fps:g} fps")

    def _release(self) -> None:
        if self._writer is not None:
            self._writer.release()
            self._writer = None


def _reserve(part: Path, path: Path) -> None:
    """Make the hidden file, which OpenCV would fail to without a reason."""
    try:
        part.touch()
    except OSError as error:
        raise OutputError(
            f"cannot write '{path}': {error.strerror}; choose another name or folder"
        ) from error


def _readable(path: Path) -> bool:
    """Whether the index at the end was written: OpenCV reports no write error."""
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        return capture.read()[0]
    finally:
        capture.release()
