"""Frames from a video file."""

from __future__ import annotations

import math
import os
from pathlib import Path

import cv2

from overlay.errors import SourceError
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.fit import to_bgr
from overlay.sources.pacing import Pacer

_DEFAULT_FPS = 30.0


class VideoSource(Source):
    """A video file, rotated as its metadata say.

    Attributes:
        frame_count: Number of frames according to the file; 0 if it does not say.
        truncated: Whether the file ended more than 5 % early; known once it has been read.
    """

    def __init__(self, path: Path, *, pace: bool = True, loop: bool = False) -> None:
        """Open the file and decode its first frame.

        Args:
            path: The file.
            pace: Whether to deliver each frame when it is due, without skipping any, stamped with
                `time.monotonic()`; otherwise as fast as requested, stamped with media time.
            loop: Whether to start again at the end.

        Raises:
            SourceError: It is missing or unreadable, or nothing in it can be decoded.
        """
        self._path = path
        self._loop = loop
        self._pacer = Pacer() if pace else None
        self._index = 0
        self._start_s = 0.0  # media time at which this pass of a loop began
        self._time_s = 0.0
        self.name = path.name
        self.live = pace
        self.truncated = False
        self._first: Image | None
        self._capture, first = self._open()
        self._first = first
        self.size = (first.shape[1], first.shape[0])
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps <= 1000 else _DEFAULT_FPS
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.frame_count = int(count) if math.isfinite(count) and count > 0 else 0

    def read(self) -> Frame | None:
        """Return the next frame, on time if paced, or None at the end."""
        image = self._next_image()
        if image is None:
            return None
        time_s = self._pacer.wait(self._time_s) if self._pacer else self._time_s
        frame = Frame(image, time_s, self._index)
        self._index += 1
        return frame

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._capture.release()
        self._first = None

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the file so far, one line each."""
        if not self.truncated:
            return []
        return [f"{self.name} is cut off: it has {self._index} of {self.frame_count} frames"]

    def _next_image(self) -> Image | None:
        if self._first is not None:
            image, self._first = self._first, None
            self._start_s = self._time_s
            return image
        ok, decoded = self._capture.read()
        if ok:
            media_s = self._start_s + self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # Some containers have no time stamps, or some that go back.
            self._time_s = media_s if media_s > self._time_s else self._time_s + 1 / self.fps
            return to_bgr(decoded)
        if not self._loop:
            self.truncated = self._index < 0.95 * self.frame_count
            return None
        # Seeking back is not exact in every container; opening again is.
        self.close()
        self._capture, self._first = self._open()
        self._time_s += 1 / self.fps
        return self._next_image()

    def _open(self) -> tuple[cv2.VideoCapture, Image]:
        _check_file(self._path)
        # Only FFmpeg: other backends mistake digits in a file name for an image sequence.
        capture = cv2.VideoCapture(str(self._path.absolute()), cv2.CAP_FFMPEG)
        ok, image = capture.read()
        if not ok:
            capture.release()
            raise SourceError(
                f"'{self._path}' is damaged or not a video that can be decoded: "
                "convert it to .mp4 (H.264)"
            )
        return capture, to_bgr(image)


def _check_file(path: Path) -> None:
    if os.path.isdir(path):
        raise SourceError(f"'{path}' is a folder: name a video file in it")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise SourceError(f"no such file: '{path}'") from None
    except OSError as error:
        raise SourceError(f"'{path}' cannot be read: {error.strerror}") from error
    if empty:
        raise SourceError(f"'{path}' is empty: copy or download it again")
