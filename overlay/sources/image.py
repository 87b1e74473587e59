"""Frames from one image, or from a folder of images."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import cv2
import numpy as np

from overlay.errors import SourceError
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.fit import to_bgr
from overlay.sources.pacing import Pacer

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})

#: How long a paced folder shows each image.
_HOLD_S = 3.0


class ImageSource(Source):
    """One image, or the images of a folder in natural order (`img2` before `img10`).

    Attributes:
        frame_count: Number of images found.
        files: The images found, in their order.
        is_folder: Whether the source is a folder.
        file: Name of the image in the newest frame.
        skipped: Names of the images that could not be decoded so far.
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
        self.skipped: list[str] = []
        self.frame_count = len(self.files)
        self.name = path.name or str(path)
        self.live = pace
        self.fps = fps
        images = self._decode()
        first = next(images, None)
        if first is None:
            raise SourceError(
                f"'{path}' has no image that can be decoded: save it again as .png or .jpg"
            )
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

    def close(self) -> None:
        """Release the images; safe to call twice."""
        self._images = iter(())

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the images read so far, one line each."""
        return [f"{name} was left out: it cannot be decoded" for name in self.skipped]

    def _decode(self) -> Iterator[tuple[str, Image]]:
        decoded = True
        while decoded:
            decoded = False
            for path in self.files:
                image = load_image(path)
                if image is not None:
                    decoded = self._loop
                    named = (path.name, image)
                    yield from repeat(named) if self._still else repeat(named, self._repeats)
                elif path.name not in self.skipped:
                    self.skipped.append(path.name)


def is_picture(path: Path) -> bool:
    """Whether a path is a picture by its name, or a folder, which may hold pictures."""
    return os.path.isdir(path) or path.suffix.lower() in IMAGE_SUFFIXES


def find_images(path: Path) -> list[Path]:
    """The picture itself, or the pictures of a folder in natural order (`img2` before `img10`).

    Raises:
        SourceError: It is not there, cannot be read, or is a folder without pictures.
    """
    try:
        names = os.listdir(path)
    except NotADirectoryError:
        return [path]
    except FileNotFoundError:
        raise SourceError(f"no such file: '{path}'") from None
    except OSError as error:
        raise SourceError(f"'{path}' cannot be read: {error.strerror}") from error
    images = [path / name for name in names if not name.startswith(".")]
    found = [image for image in images if image.suffix.lower() in IMAGE_SUFFIXES]
    if not found:
        raise SourceError(f"no images in folder '{path}': put .png or .jpg files there")
    return sorted(found, key=lambda p: _natural_key(p.name))


def _natural_key(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def load_image(path: Path) -> Image | None:
    """Decode a picture.

    Returns:
        uint8 [height, width, 3], BGR, turned as its metadata say; None if it cannot be decoded or
        has more than 268 million pixels.
    """
    if not os.path.isfile(path):  # reading a FIFO would wait for somebody who writes into it
        return None
    try:
        # Not imread: on Windows it only accepts names in the system's code page.
        encoded = np.fromfile(path, np.uint8)
        image = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    except (OSError, cv2.error):  # unreadable; empty or absurdly large
        return None
    return None if image is None else to_bgr(image)
