"""StatusNotifier, the tray of current Linux desktops, over the session bus.

A *watcher* keeps the list of icons and a *host*, the panel, shows them; often one program is both.
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

from __future__ import annotations

from overlay.desktop.session_bus import BusError, SessionBus

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
_PROPERTIES, _PROPERTY = "org.freedesktop.DBus.Properties", "IsStatusNotifierHostRegistered"


def has_host() -> bool:
    """Whether the session bus has a watcher and a host for icons."""
    try:
        with SessionBus() as bus:
            (answer,) = bus.call(
                WATCHER, WATCHER_PATH, _PROPERTIES, "Get", "ss", WATCHER, _PROPERTY
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
    bus.call(WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", item)
