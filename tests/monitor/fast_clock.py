"""A clock for hours that take a second, for tests."""

from __future__ import annotations

from overlay.monitor.clock import Clock
from tests.monitor.lessons import BEGAN, OFFSET_S


class FastClock(Clock):
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def wall(self) -> float:
        return BEGAN + self.now

    def monotonic(self) -> float:
        return self.now

    def elapsed(self) -> float:
        return self.now

    def utc_offset_s(self) -> int:
        return OFFSET_S
