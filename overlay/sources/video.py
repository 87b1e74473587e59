"""Frames from a video file."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from overlay.scene import Frame
from overlay.sources.base import Source
from overlay.sources.decoder import Decoded, Decoder
from overlay.sources.pacing import Pacer

#: A paced video, such as a recorded screen, that shows one frame for longer than this delivers it
#: again, in seconds: else it would look like a source that no longer responds.
_LONGEST_GAP_S = 0.5


class VideoSource(Source):
    """A video file as a player shows it: upright, in square pixels, not interlaced, in BT.709.

    Attributes:
        path: The file.
        first_s: The file's own time of the first frame, in seconds.
        frame_count: Number of frames according to the file, or an estimate; 0 if it does not say.
        truncated: Whether the file ended more than 5 % early; known once it has been read.
    """

    def __init__(
        self,
        path: Path,
        *,
        pace: bool = True,
        loop: bool = False,
        every_s: float | None = None,
        with_planes: bool = False,
    ) -> None:
        """Open the file and decode its first frame.

        Args:
            path: The file.
            pace: Whether to deliver each frame when it is due, without skipping any, stamped with
                `time.monotonic()`; otherwise as fast as requested, stamped with media time: the
                file's own time stamps counted from the first frame, however they are spaced.
            loop: Whether to start again at the end.
            every_s: Deliver one frame in so many seconds, each at its own time; None for every
                frame.
            with_planes: Whether frames have `planes`, where the file holds them so.

        Raises:
            SourceError: It is missing or unreadable, or nothing in it can be decoded.
        """
        self.path = path
        self._loop = loop
        self._pacer = Pacer() if pace else None
        self._index = 0
        self._start_s = 0.0  # media time at which this pass of a loop began
        self._time_s = 0.0
        self._paced_s = 0.0  # media time up to which frames were delivered
        self._next: Decoded | None = None
        self._shown: Decoded | None = None
        self.name = path.name
        self.live = pace
        self.truncated = False
        self._open = partial(Decoder, path, every_s, with_planes=with_planes)
        self._decoder = self._open()
        first = self._decoder.first
        self._first: Decoded | None = first
        self.size = (first.image.shape[1], first.image.shape[0])
        self.first_s = first.time_s
        self.fps = self._decoder.fps
        duration_s = self._decoder.duration_s
        self.frame_count = self._decoder.frame_count or round(duration_s * self.fps)
        if every_s is not None:
            self.frame_count = math.ceil(duration_s / every_s)

    def read(self) -> Frame | None:
        """Return the next frame, on time if paced, or None at the end."""
        self._next = self._next_decoded() if self._next is None else self._next
        if self._next is None:
            return None
        if self._pacer is None:
            time_s = self._time_s
        elif self._shown is not None and self._time_s - self._paced_s > _LONGEST_GAP_S:
            self._paced_s += _LONGEST_GAP_S
            return self._frame(self._shown, self._pacer.wait(self._paced_s))
        else:
            self._paced_s = self._time_s
            time_s = self._pacer.wait(self._time_s)
        self._shown, self._next = self._next, None
        self._index += 1
        return self._frame(self._shown, time_s)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._decoder.close()
        self._first = self._next = self._shown = None

    @property
    def end_s(self) -> float:
        """Media time at which the newest frame ends, in seconds."""
        return self._time_s + (self._decoder.last_s or 1 / self.fps)

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the file so far, one line each."""
        decoder, warnings = self._decoder, []
        if decoder.damaged:
            read = f"{self._index} of {self._index + decoder.damaged}"
            warnings.append(f"{self.name} is damaged: {read} frames could be read")
        if self.truncated:
            read = f"{decoder.read_s:.1f} of {decoder.duration_s:.1f} s"
            warnings.append(f"{self.name} is cut off: it ends after {read}")
        return warnings

    def _frame(self, decoded: Decoded, time_s: float) -> Frame:
        return Frame(decoded.image, time_s, self._index - 1, decoded.planes)

    def _next_decoded(self) -> Decoded | None:
        if self._first is not None:
            first, self._first = self._first, None
            self._start_s = self._time_s
            return first
        decoded = self._decoder.next()
        if decoded is not None:
            media_s = decoded.time_s - self._decoder.first.time_s + self._start_s
            # Some containers have no time stamps, or some that go back.
            self._time_s = media_s if media_s > self._time_s else self._time_s + 1 / self.fps
            return decoded
        if not self._loop:
            self.truncated = self._decoder.read_s < 0.95 * self._decoder.duration_s
            return None
        # Seeking back is not exact in every container; opening again is.
        self.close()
        self._decoder = self._open()
        self._first = self._decoder.first
        self._time_s += 1 / self.fps
        return self._next_decoded()
