"""Telling others that something has changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

_log = logging.getLogger(__name__)

Listener = Callable[[], None]


class News:
    """Calls listeners from a thread of its own, so that who has news never waits for them."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._fresh = threading.Event()
        self._ended = threading.Event()
        self._herald = threading.Thread(target=self._tell, name="herald", daemon=True)

    def subscribe(self, listener: Listener) -> None:
        """Have a function called after news; several may come as one call."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to tell; once."""
        self._herald.start()

    def announce(self) -> None:
        """Have the listeners called, and return at once; any thread may do so."""
        self._fresh.set()

    def end(self) -> None:
        """Have the listeners called for the last time, and return at once."""
        self._ended.set()
        self._fresh.set()

    def join(self, seconds: float) -> None:
        """Wait until the last call is over, unless a listener asks for it."""
        if self._herald.ident is not None and self._herald is not threading.current_thread():
            self._herald.join(seconds)

    def _tell(self) -> None:
        while not self._ended.is_set():
            self._fresh.wait()
            self._fresh.clear()
            call_all(self._listeners)


def call_all(listeners: Iterable[Listener]) -> None:
    """Call each; one that fails is logged and keeps none of the others from being called."""
    for listener in list(listeners):
        try:
            listener()
        except Exception:
            _log.exception("a listener failed")
