"""Delivers frames on time: not early, without drift, and without a burst after a stall."""

from __future__ import annotations

import time

#: Up to this delay, the following frames catch up; after a longer one, the schedule starts again.
_MAX_CATCH_UP_S = 0.5


class Pacer:
    """Holds each frame back until it is due.

    A frame is due at `start + offset`, so rounding errors and short delays do not add up.
    """

    def __init__(self) -> None:
        self._start: float | None = None

    def wait(self, offset_s: float) -> float:
        """Sleep until a frame is due.

        Args:
            offset_s: When the frame is due, in seconds since the first frame's offset of 0.

        Returns:
            The time now, `time.monotonic()`.
        """
        now = time.monotonic()
        if self._start is None:
            self._start = now - offset_s
        wait_s = self._start + offset_s - now
        if wait_s < -_MAX_CATCH_UP_S:
            self._start -= wait_s
        elif wait_s > 0:
            time.sleep(wait_s)
        return time.monotonic()
