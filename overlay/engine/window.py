"""The private window's loop: opens and closes it while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from overlay.engine.closing import close
from overlay.engine.desired import Desired, DesiredState, OpenOutput
from overlay.engine.status import Metrics
from overlay.outputs import Output
from overlay.scene import Image


class PrivateWindow:
    """Holds the private window, if there is one.

    Opening takes a second and closing may, too, so both happen in a loop of their own. What is
    desired last holds: a window hidden while it opens is closed as soon as it is there. One that
    the user has closed, or that cannot be opened, is desired no longer.
    """

    def __init__(self, state: DesiredState, metrics: Metrics, changed: Callable[[], None]) -> None:
        """Begin without a window.

        Args:
            state: Says whether there should be one.
            metrics: Where a window that cannot be opened is noted.
            changed: Called after the window has opened or closed.
        """
        self._state = state
        self._metrics = metrics
        self._changed = changed
        self._lock = threading.Lock()
        self._window: Output | None = None
        self._key: Hashable = None
        self._opener: OpenOutput | None = None
        self._user_closed = False
        self._description = ""

    @property
    def wants_frames(self) -> bool:
        """Whether `send` has to be called: there is a window, or one that the user just closed."""
        return self._window is not None

    @property
    def name(self) -> str | None:
        """Name of the open window, or None."""
        window = self._window
        return window.name if window is not None and not _is_closed(window) else None

    @property
    def user_closed(self) -> bool:
        """Whether the last window was closed by the user."""
        desired = self._state.value.open_window
        if desired is None:
            return self._user_closed
        window = self._window
        return window is not None and self._opener is desired and _is_closed(window)

    def open(self) -> None:
        """Open the desired window now; only before the loop runs.

        Raises:
            OutputError: It cannot be opened.
        """
        self._open(self._state.value)

    def close(self) -> None:
        """Close the window, if there is one."""
        with self._lock:
            window, self._window = self._window, None
        if window is not None:
            close(window, "window", self._metrics)

    def run(self) -> None:
        """Open and close until stopped, so that what is there is what is desired."""
        while True:
            desired = self._state.wait_for(lambda d: d.stopping or d.window_key != self._key)
            self.close()
            if desired.stopping:
                break
            try:
                self._open(desired)
            except Exception as error:
                self._metrics.set_problem("window", str(error) or type(error).__name__, error)
                self._give_up(desired.open_window)
            self._changed()

    def send(self, image: Image, description: str) -> None:
        """Show one frame and what it is, if there is a window; for the presentation loop alone."""
        with self._lock:
            window, opener = self._window, self._opener
            if window is None:
                return
            try:
                if not window.closed:
                    window.send(image)
                    if description != self._description:
                        self._description = description
                        window.describe(description)
                    return
                self._user_closed = True
            except Exception as error:
                self._metrics.set_problem("window", str(error) or type(error).__name__, error)
        self._give_up(opener)

    def _open(self, desired: Desired) -> None:
        self._key = desired.window_key
        if desired.open_window is None:
            return
        self._user_closed = False
        window = desired.open_window(desired.settings)
        self._metrics.set_problem("window", None)
        with self._lock:
            self._window, self._opener, self._description = window, desired.open_window, ""

    def _give_up(self, opener: OpenOutput | None) -> None:
        """Desire this window no longer; another one that is desired by now stays so."""
        with self._state.condition:
            if self._state.value.open_window is opener:
                self._state.update(open_window=None)


def _is_closed(window: Output) -> bool:
    try:
        return window.closed
    except Exception:  # `send` will say so
        return True
