"""The settings window, opened from the menu."""

from __future__ import annotations

import threading
from multiprocessing.context import SpawnProcess

from overlay.gui.process import NO_QT, make_settings, start_window
from overlay.host.display import has_display

#: How long to watch whether the window can be shown at all, in seconds.
_STARTING_S = 2.0


class SettingsProcess:
    """At most one settings window, in a process of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None

    def open(self) -> bool:
        """Open the window, unless it is open.

        Returns:
            Whether windows can be shown here.
        """
        if not has_display():
            return False
        with self._lock:
            if self._process is None or not self._process.is_alive():
                self._process = start_window(make_settings)
                self._process.join(_STARTING_S)
            return self._process.exitcode != NO_QT

    def close(self) -> None:
        """Close the window."""
        with self._lock:
            if self._process is not None:
                self._process.terminate()
