"""The icon on Linux desktops with StatusNotifier: GNOME with its extension, KDE, XFCE, others."""

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

#: How often to register an icon again that no panel has accepted, in seconds.
_AGAIN_S = 2


class AppIndicatorIcon(_appindicator.Icon):  # type: ignore[misc]
    """pystray's icon, with five faults worked around, one of them in its library.

    The original class lets Ctrl-C kill the process, fails where no program shows notifications,
    deletes a picture that the panel may not have loaded yet, and never shows an icon whose first
    menu could not be created. The library follows panels that start late or again, but registers
    the icon with each of them only once: if a panel is still starting and refuses, as can happen at
    login, the icon never appears. So the icon is registered again until a panel accepts it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="emotion-overlay-tray-")
        self._pictures: dict[int, tuple[Any, str]] = {}
        self._icon_path: str | None = None
        self._registered = False
        super().__init__(*args, **options)

    def _initialize(self) -> None:
        self._mark_ready()
        self._appindicator.connect("connection-changed", self._note_connection)
        self._again = GLib.timeout_add_seconds(_AGAIN_S, self._register_again)

    def _show(self) -> None:
        active = _appindicator.AppIndicator.IndicatorStatus.ACTIVE
        GLib.idle_add(self._appindicator.set_status, active)
        super()._show()

    def _note_connection(self, _: Any, connected: bool) -> None:
        self._registered = connected

    def _register_again(self) -> bool:
        """Set the same picture again, which makes the library register the icon.

        Only if necessary, because it makes some panels close an open menu.
        """
        if not self._registered:
            self._appindicator.set_property("icon-name", self._icon_path)
        return bool(GLib.SOURCE_CONTINUE)

    def _finalize(self) -> None:
        GLib.source_remove(self._again)
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
