"""A made-up webcam: it delivers a clip's JPEG pictures on time, and says when each was due."""

from __future__ import annotations

import time
from pathlib import Path

import cv2

from overlay.errors import SourceError
from overlay.scene import Frame, Image
from overlay.sources import Source
from overlay.sources.fit import to_bgr

_MAX_INDEX = 1 << 24


class ClipCamera(Source):
    """Plays an MJPEG clip again and again, as a webcam delivers its pictures.

    Pictures are due at a fixed rate whoever reads them; who comes late by a whole picture misses
    it. Decoding is part of `read`, done by the same decoder that OpenCV uses for webcams. Each
    picture carries its number in its lower left pixel.

    Attributes:
        due_s: When each picture was due, by its number, as `time.monotonic()`; only of those
            that were read.
    """

    def __init__(self, path: Path, *, fps: float) -> None:
        """Open the clip.

        Raises:
            SourceError: It cannot be read.
        """
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_OPENCV_MJPEG)
        if not self._capture.isOpened():
            raise SourceError(f"'{path}' cannot be read: run the benchmark again")
        self.name = "clip"
        self.live = True
        self.fps = fps
        self.size = (
            int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        self.due_s: dict[int, float] = {}
        self._next = 0
        self._start_s: float | None = None

    def read(self) -> Frame:
        """Wait for the next picture and decode it."""
        now = time.monotonic()
        if self._start_s is None:
            self._start_s = now
        index = max(self._next, int((now - self._start_s) * self.fps))
        due_s = self._start_s + index / self.fps
        if due_s > now:
            time.sleep(due_s - now)
        self._next = index + 1
        self.due_s[index] = due_s
        image = self.decode()
        write_number(image, index)
        return Frame(image, due_s, index)

    def decode(self) -> Image:
        """The next picture of the clip, uint8 [height, width, 3], BGR."""
        ok, image = self._capture.read()
        if not ok:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            ok, image = self._capture.read()
        return to_bgr(image)

    def close(self) -> None:
        """Close the clip; safe to call twice."""
        self._capture.release()


def write_number(image: Image, index: int) -> None:
    """Write a picture's number into its lower left pixel."""
    index %= _MAX_INDEX
    image[-1, 0] = (index & 255, index >> 8 & 255, index >> 16)


def read_number(image: Image) -> int:
    """The number of a picture, from its lower left pixel."""
    low, middle, high = (int(value) for value in image[-1, 0])
    return low | middle << 8 | high << 16
