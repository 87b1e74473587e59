"""StatusNotifier, the tray of today's Linux desktops, spoken over the session bus.

A *watcher* keeps the list of icons and a *host*, the panel, shows them; mostly one program is both.
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

from __future__ import annotations

import os
from pathlib import Path

_WATCHER = "org.kde.StatusNotifierWatcher"
_TIMEOUT_MS = 1000


def has_host() -> bool:
    """Whether somebody on the session bus watches for icons and somebody shows them."""
    if not _has_session_bus():
        return False
    from gi.repository import Gio, GLib

    try:
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        answer = bus.call_sync(
            _WATCHER,
            "/StatusNotifierWatcher",
            "org.freedesktop.DBus.Properties",
            "Get",
            GLib.Variant("(ss)", (_WATCHER, "IsStatusNotifierHostRegistered")),
            None,
            Gio.DBusCallFlags.NO_AUTO_START,
            _TIMEOUT_MS,
        )
    except GLib.Error:
        return False
    return bool(answer.unpack()[0])


def _has_session_bus() -> bool:
    """Whether a bus is running; asking GLib for one would start it."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(str(runtime), "bus").exists()
