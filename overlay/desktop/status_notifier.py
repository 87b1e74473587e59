"""StatusNotifier, the tray of current Linux desktops, over the session bus.

A *watcher* keeps the list of icons and a *host*, the panel, shows them; often one program is both.
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

from __future__ import annotations

import os
from pathlib import Path

from overlay.desktop.system_gi import import_gi
from overlay.programs import output_of

_WATCHER, _PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
_PROPERTIES, _PROPERTY = "org.freedesktop.DBus.Properties", "IsStatusNotifierHostRegistered"
_TIMEOUT_MS = 1000


def has_host() -> bool:
    """Whether the session bus has a watcher and a host for icons.

    This works without PyGObject as well, so that users can be told what installing it would give.
    """
    if not _has_session_bus():
        return False
    return _ask_with_gio() if import_gi() else _ask_with_dbus_send()


def _ask_with_gio() -> bool:
    from gi.repository import Gio, GLib

    try:
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        answer = bus.call_sync(
            _WATCHER,
            _PATH,
            _PROPERTIES,
            "Get",
            GLib.Variant("(ss)", (_WATCHER, _PROPERTY)),
            None,
            Gio.DBusCallFlags.NO_AUTO_START,
            _TIMEOUT_MS,
        )
    except GLib.Error:
        return False
    return bool(answer.unpack()[0])


def _ask_with_dbus_send() -> bool:
    command = ("dbus-send", "--session", "--print-reply=literal", f"--dest={_WATCHER}", _PATH)
    question = (f"{_PROPERTIES}.Get", f"string:{_WATCHER}", f"string:{_PROPERTY}")
    return "boolean true" in (output_of(*command, *question) or "")


def _has_session_bus() -> bool:
    """Whether a session bus is running; asking GLib would start one."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(str(runtime), "bus").exists()
