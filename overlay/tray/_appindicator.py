"""The icon on Linux desktops with StatusNotifier: GNOME with its extension, KDE, XFCE, others."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from gi.repository import GLib
from pystray import _appindicator

# The library recommends its successor on every user's terminal.
GLib.log_set_handler(
    "libayatana-appindicator", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None
)


class AppIndicatorIcon(_appindicator.Icon):  # type: ignore[misc]
    """pystray's icon, with three of its habits changed.

    The stock class lets Ctrl-C kill the process, fails where no program shows notifications, and
    deletes the picture of an icon that the panel may not have loaded yet.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="emotion-overlay-tray-")
        self._pictures: dict[int, tuple[Any, str]] = {}
        self._icon_path: str | None = None
        super().__init__(*args, **options)

    def _initialize(self) -> None:
        self._mark_ready()

    def _finalize(self) -> None:
        del self._appindicator  # takes the icon out of the tray
        self._folder.cleanup()

    def _remove_fs_icon(self) -> None:
        """Pictures stay until the icon ends."""

    def _update_fs_icon(self) -> None:
        key = id(self.icon)
        if key not in self._pictures:
            path = str(Path(self._folder.name, f"{len(self._pictures)}.png"))
            self.icon.save(path)
            self._pictures[key] = self.icon, path
        self._icon_path = self._pictures[key][1]
        self._icon_valid = True
