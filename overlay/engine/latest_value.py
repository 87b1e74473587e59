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
