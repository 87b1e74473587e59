"""Which kind of tray this desktop has.

StatusNotifier, the tray of current Linux desktops, is on the session bus: a *watcher* keeps the
list of icons and a *host*, the panel, shows them; often one program is both.
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

from __future__ import annotations

import os
import sys
from typing import Literal

from overlay.desktop.session_bus import BusError, SessionBus

#: `status-notifier`: over D-Bus, with menus. `xorg`: the older XEMBED, without.
HostKind = Literal["status-notifier", "xorg", "win32", "darwin"]

#: pystray's variable, which limits the search to one kind.
BACKEND_VARIABLE = "PYSTRAY_BACKEND"

WATCHER, _WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
_PROPERTIES, _PROPERTY = "org.freedesktop.DBus.Properties", "IsStatusNotifierHostRegistered"


def find_host() -> HostKind | None:
    """Look for a tray; the answer can change while a desktop starts or its panel restarts.

    Returns:
        The best kind of tray, or None if there is none.
    """
    if sys.platform == "win32":
        return "win32"
    if sys.platform == "darwin":
        return "darwin"
    wanted = os.environ.get(BACKEND_VARIABLE)
    if wanted in (None, "status-notifier") and has_status_notifier():
        return "status-notifier"
    return "xorg" if wanted in (None, "xorg") and _has_xembed_tray() else None


def still_fits(host: HostKind) -> bool:
    """Whether there is no better kind of tray by now: panels begin with the one without menus."""
    return host != "xorg" or find_host() != "status-notifier"


def has_status_notifier() -> bool:
    """Whether the session bus has a watcher and a host for icons."""
    try:
        with SessionBus() as bus:
            (answer,) = bus.call(
                WATCHER, _WATCHER_PATH, _PROPERTIES, "Get", "ss", WATCHER, _PROPERTY
            )
    except BusError:
        return False
    return bool(answer.value)


def register(bus: SessionBus, item: str) -> None:
    """Have the icon at this connection shown.

    Args:
        bus: The connection that exports it.
        item: The connection's own name.

    Raises:
        BusError: The watcher refuses, as one that is still starting does.
    """
    bus.call(WATCHER, _WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", item)


def _has_xembed_tray() -> bool:
    """Whether a window owns the system tray selection of the X server."""
    if not os.environ.get("DISPLAY"):
        return False
    from Xlib import X
    from Xlib.display import Display
    from Xlib.error import ConnectionClosedError, DisplayError

    try:
        display = Display()
        try:
            selection = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
            return bool(display.get_selection_owner(selection) != X.NONE)
        finally:
            display.close()
    except (ConnectionClosedError, DisplayError, OSError):
        return False
