"""A one-slot hand-off between two threads."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds only the newest value; nothing ever queues, so nothing ever lags behind.

    One thread puts, any number wait. A value is known by its number, which only grows.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._number = 0
        self._closed = False

    def put(self, value: T | None) -> None:
        """Replace the value and wake whoever waits; None empties the slot."""
        with self._changed:
            self._value = value
            self._number += 1
            self._changed.notify_all()

    @property
    def value(self) -> T | None:
        """The newest value, without waiting."""
        return self._value

    def wait(self, after: int, timeout_s: float) -> tuple[int, T | None]:
        """Wait for a value put after the one numbered `after`.

        Args:
            after: Number of the last value seen; 0 for none.
            timeout_s: How long to wait, in seconds.

        Returns:
            The newest number and value; the value is None if nothing new came in time or the
            slot was emptied.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._number > after or self._closed, timeout_s)
            return self._number, self._value if self._number > after else None

    def close(self) -> None:
        """Let nobody wait any longer; what is in the slot can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
