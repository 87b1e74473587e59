"""The settings window, opened from the menu."""

from __future__ import annotations

import threading
from multiprocessing.context import SpawnProcess

from overlay.gui.process import NO_QT, show_settings
from overlay.gui.start import make_process, start_process
from overlay.host.display import has_display
from overlay.language import language

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
            if self._process is not None and self._process.is_alive():
                return True
            self._process = make_process("settings-window", show_settings, language())
            start_process(self._process)
            self._process.join(_STARTING_S)
            return self._process.exitcode != NO_QT

    def close(self) -> None:
        """Close the window."""
        with self._lock:
            if self._process is not None:
                self._process.terminate()
