"""Which kind of tray this desktop has."""

from __future__ import annotations

import os
import sys
from typing import Literal

from overlay.desktop import status_notifier

#: `status-notifier`: over D-Bus, with menus. `xorg`: the older XEMBED, without.
HostKind = Literal["status-notifier", "xorg", "win32", "darwin"]

#: pystray's variable, which limits the search to one kind.
BACKEND_VARIABLE = "PYSTRAY_BACKEND"


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
    if wanted in (None, "status-notifier") and status_notifier.has_host():
        return "status-notifier"
    return "xorg" if wanted in (None, "xorg") and _has_xembed_tray() else None


def still_fits(host: HostKind) -> bool:
    """Whether there is no better kind of tray by now: panels begin with the one without menus."""
    return host != "xorg" or find_host() != "status-notifier"


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
