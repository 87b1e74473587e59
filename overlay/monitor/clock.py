"""The clocks of a recording."""

from __future__ import annotations

import sys
import time


class Clock:
    """The clocks of this machine; tests use their own."""

    def wall(self) -> float:
        """UTC epoch seconds; the user can set this clock."""
        return time.time()

    def monotonic(self) -> float:
        """The clock of `Scene.time_s`; it may stop while the machine is suspended."""
        return time.monotonic()

    def elapsed(self) -> float:
        """Seconds of real time: a suspend counts, setting the clock does not."""
        # On Linux and macOS `time.monotonic` stops during a suspend; on Windows it does not.
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        if sys.platform == "darwin":
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        return time.monotonic()

    def utc_offset_s(self) -> int:
        """Local time minus UTC now, in seconds."""
        return time.localtime().tm_gmtoff
