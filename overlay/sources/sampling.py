"""One frame of a video in so many seconds, without decoding all that lies between."""

from __future__ import annotations

import math

import av

#: Going to a key frame pays if it lies so far ahead, in seconds.
_WORTHWHILE_S = 1.0

#: An index has the times at which frames are decoded, which is earlier than they are shown, by up
#: to so many seconds.
_REORDERED_S = 0.5

# Time stamps are rounded to the units that a container counts in.
_TOLERANCE_S = 1e-3


class Sampling:
    """Says which frames are wanted: the first one, and the next one after each interval."""

    def __init__(
        self, container: av.container.InputContainer, stream: av.VideoStream, every_s: float
    ) -> None:
        """Want the first frame.

        Args:
            container: The file that is read.
            stream: The video in it.
            every_s: The interval in seconds, above 0.
        """
        self._container = container
        self._stream = stream
        self._every_s = every_s
        self._first_s: float | None = None
        self._due_s = -math.inf

    def wants(self, time_s: float) -> bool:
        """Whether this frame is wanted, by the file's own time of it."""
        if time_s < self._due_s - _TOLERANCE_S:
            return False
        if self._first_s is None:
            self._first_s = time_s
        passed = math.floor((time_s - self._first_s + _TOLERANCE_S) / self._every_s)
        self._due_s = self._first_s + (passed + 1) * self._every_s
        return True

    def skip(self, time_s: float) -> bool:
        """Go on at the last key frame before the next wanted one, if that saves decoding.

        Args:
            time_s: The file's own time of the newest frame.

        Returns:
            Whether decoding has to begin anew there.

        Raises:
            av.FFmpegError: The file cannot be read there.
        """
        unit_s = float(self._stream.time_base or 0)
        if not unit_s or self._due_s - time_s < _WORTHWHILE_S:
            return False
        index = self._stream.index_entries
        number = index.search_timestamp(int((self._due_s - _REORDERED_S) / unit_s))
        if number < 0 or index[number].timestamp * unit_s < time_s + _WORTHWHILE_S:
            return False
        self._container.seek(index[number].timestamp, stream=self._stream)
        return True
