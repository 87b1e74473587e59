"""A hand-off of the newest value between two threads."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestValue(Generic[T]):
    """Holds the newest value, so that nothing ever lags behind.

    It may keep a few values more, for a reader that wants each one and is held up for a
    moment; what is not taken in time is gone. One thread puts, any number wait. A value is
    known by its number, which only grows.
    """

    def __init__(self, keep: int = 1) -> None:
        """Begin empty.

        Args:
            keep: How many values are kept, the newest included.
        """
        self._changed = threading.Condition()
        self._values: deque[T] = deque(maxlen=keep)
        self._number = 0
        self._closed = False

    def put(self, value: T | None) -> None:
        """Add a value and wake whoever waits; None leaves it empty."""
        with self._changed:
            if value is None:
                self._values.clear()
            else:
                self._values.append(value)
            self._number += 1
            self._changed.notify_all()

    @property
    def value(self) -> T | None:
        """The newest value, without waiting."""
        with self._changed:
            return self._values[-1] if self._values else None

    def wait(self, after: int, timeout_s: float) -> tuple[int, T | None]:
        """Wait for a value put after the one numbered `after`, and skip to the newest.

        Args:
            after: Number of the last value seen; 0 for none.
            timeout_s: How long to wait, in seconds.

        Returns:
            The newest number and value; the value is None if nothing new came in time or it
            was emptied.
        """
        with self._changed:
            self._wait(after, timeout_s)
            new = self._number > after and self._values
            return self._number, self._values[-1] if new else None

    def wait_next(self, after: int, timeout_s: float) -> tuple[int, T | None]:
        """Wait for a value put after the one numbered `after`, and skip none that is kept.

        Args:
            after: Number of the last value seen; 0 for none.
            timeout_s: How long to wait, in seconds.

        Returns:
            The number and value that follow; the value is None if nothing new came in time or
            it was emptied.
        """
        with self._changed:
            self._wait(after, timeout_s)
            waiting = min(self._number - after, len(self._values))
            if waiting <= 0:
                return self._number, None
            return self._number - waiting + 1, self._values[-waiting]

    @property
    def closed(self) -> bool:
        """Whether nobody waits any longer."""
        return self._closed

    def close(self) -> None:
        """Let nobody wait any longer; what is held can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wait(self, after: int, timeout_s: float) -> None:
        self._changed.wait_for(lambda: self._number > after or self._closed, timeout_s)


class Following(Generic[T]):
    """The newest value of one hand-off, or of another one that it depends on while that is stuck.

    Who must not get in the way of the call takes each frame after it has been sent. If sending
    hangs, the frames as they are captured will do.
    """

    def __init__(self, first: LatestValue[T], fallback: LatestValue[T]) -> None:
        """Begin with what comes next."""
        self._first = first
        self._fallback = fallback
        self._seen = self._passed = 0
        self.skip()

    def skip(self) -> None:
        """Do not look at what is there already."""
        self._seen, _ = self._first.wait(0, 0.0)
        self._passed, _ = self._fallback.wait(0, 0.0)

    def wait(self, timeout_s: float) -> T | None:
        """Wait for a value that has not been seen.

        Args:
            timeout_s: How long to wait for the first hand-off, in seconds.

        Returns:
            The newest value; None if nothing new came in time.
        """
        self._seen, value = self._first.wait(self._seen, timeout_s)
        self._passed, other = self._fallback.wait(self._passed, 0.0)
        return other if value is None else value
