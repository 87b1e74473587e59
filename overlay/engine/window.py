"""The private window's holder: opens and closes it while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from overlay.engine.status import Metrics
from overlay.outputs import Output
from overlay.scene import Image


class _Wish:
    """That there be a window; a new wish after an old one was withdrawn means a new window."""

    def __init__(self, open_window: Callable[[], Output]) -> None:
        self.open_window = open_window


class PrivateWindow:
    """Holds the private window, if there is one.

    Opening takes a second and closing may, too, so both happen in a thread of their own. What
    the user does last holds: a window hidden while it opens is closed as soon as it is there.
    """

    def __init__(self, metrics: Metrics, changed: Callable[[], None]) -> None:
        """Begin without a window.

        Args:
            metrics: Where a window that cannot be opened is noted.
            changed: Called from any thread after the window has opened or closed.
        """
        self._metrics = metrics
        self._changed = changed
        self._lock = threading.Lock()
        self._window: Output | None = None
        self._wish: _Wish | None = None
        self._fulfilled: _Wish | None = None
        self._worker: threading.Thread | None = None
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
        return window.name if window is not None and not window.closed else None

    @property
    def user_closed(self) -> bool:
        """Whether the last window was closed by the user."""
        window = self._window
        return self._user_closed or (window is not None and window.closed)

    def show(self, open_window: Callable[[], Output]) -> None:
        """Open the window soon, unless it is open or opening."""
        with self._lock:
            if self._wish is None or self.user_closed:
                self._wish = _Wish(open_window)
                self._user_closed = False
                self._work()

    def hide(self) -> None:
        """Close the window soon, if there is one."""
        with self._lock:
            self._wish = None
            self._work()

    def adopt(self, window: Output) -> None:
        """Hold a window that is open already."""
        with self._lock:
            self._window = window
            self._wish = self._fulfilled = _Wish(lambda: window)

    def send(self, image: Image, description: str) -> None:
        """Show one frame and what it is, if there is a window; for the presentation loop alone."""
        with self._lock:
            window = self._window
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
            self._wish = None
            self._work()

    def close(self) -> None:
        """Close the window and wait until it is closed."""
        self.hide()
        worker = self._worker
        if worker is not None:
            worker.join(3.0)

    def _work(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._run, name="window", daemon=True)
            self._worker.start()

    def _run(self) -> None:
        """Open and close until what is there is what is wanted."""
        while True:
            with self._lock:
                wish, window = self._wish, self._window
                if wish is self._fulfilled:
                    self._worker = None
                    break
                self._window = self._fulfilled = None
            if window is not None:
                self._close(window)
            elif wish is not None:
                self._try_to_fulfil(wish)
        self._changed()

    def _try_to_fulfil(self, wish: _Wish) -> None:
        try:
            window = wish.open_window()
        except Exception as error:
            self._metrics.set_problem("window", str(error) or type(error).__name__, error)
            with self._lock:
                if self._wish is wish:
                    self._wish = None
        else:
            self._metrics.set_problem("window", None)
            with self._lock:
                self._window, self._fulfilled, self._description = window, wish, ""

    def _close(self, window: Output) -> None:
        try:
            window.close()
        except Exception as error:
            message = f"{window.name} could not be closed: {error}"
            self._metrics.set_problem("window", message, error)
