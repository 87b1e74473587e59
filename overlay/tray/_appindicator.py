"""The icon, with a menu, on Linux desktops with only the older XEMBED tray, by PyGObject."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from gi.repository import GLib
from pystray import _appindicator

# The library prints a recommendation of its successor.
GLib.log_set_handler(
    "libayatana-appindicator", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None
)


class AppIndicatorIcon(_appindicator.Icon):  # type: ignore[misc]
    """pystray's icon, with four faults worked around.

    The original class lets Ctrl-C kill the process, fails where no program shows notifications,
    deletes a picture that the panel may not have loaded yet, and never shows an icon whose first
    menu could not be created. Its library follows panels that start late or again, also to
    StatusNotifier.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="emotion-overlay-tray-")
        self._pictures: dict[int, tuple[Any, str]] = {}
        self._icon_path: str | None = None
        super().__init__(*args, **options)

    def _initialize(self) -> None:
        self._mark_ready()

    def _show(self) -> None:
        active = _appindicator.AppIndicator.IndicatorStatus.ACTIVE
        GLib.idle_add(self._appindicator.set_status, active)
        super()._show()

    def _finalize(self) -> None:
        del self._appindicator  # takes the icon out of the tray
        self._folder.cleanup()

    def _remove_fs_icon(self) -> None:
        """Pictures stay until the icon ends."""

    def _update_fs_icon(self) -> None:
        picture = self.icon  # another thread may set the next one meanwhile
        if id(picture) not in self._pictures:
            path = str(Path(self._folder.name, f"{len(self._pictures)}.png"))
            picture.save(path)
            self._pictures[id(picture)] = picture, path
        self._icon_path = self._pictures[id(picture)][1]
        self._icon_valid = True
