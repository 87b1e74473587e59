"""Which kind of tray this desktop has."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Literal

from overlay.desktop import status_notifier
from overlay.desktop.system_gi import import_gi

#: `status-notifier`: over D-Bus, with menus. `appindicator` and `xorg`: the older XEMBED, with
#: menus by the system's PyGObject, or without.
HostKind = Literal["status-notifier", "appindicator", "xorg", "win32", "darwin"]

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
    if not _has_xembed_tray():
        return None
    if wanted in (None, "appindicator") and _has_app_indicator():
        return "appindicator"
    return "xorg" if wanted in (None, "xorg") else None


def _has_app_indicator() -> bool:
    """Whether GTK 3 and AppIndicator can be used from this Python."""
    try:
        _load_app_indicator()
    except (ImportError, ValueError):
        return False
    from gi.repository import Gtk

    return bool(Gtk.init_check()[0])


@cache  # only success: what is missing may be installed in the meantime
def _load_app_indicator() -> None:
    """Make GTK 3 and AppIndicator importable.

    Raises:
        ImportError: PyGObject is missing.
        ValueError: One of the two is.
    """
    if not import_gi():
        raise ImportError("no PyGObject")
    import gi

    gi.require_version("Gtk", "3.0")
    try:
        gi.require_version("AppIndicator3", "0.1")
    except ValueError:
        gi.require_version("AyatanaAppIndicator3", "0.1")


def _has_xembed_tray() -> bool:
    """Whether a window owns the system tray selection of the X server."""
    if not os.environ.get("DISPLAY"):
        return False
    from Xlib import X
    from Xlib.display import Display
    from Xlib.error import DisplayError

    try:
        display = Display()
    except (DisplayError, OSError):
        return False
    try:
        selection = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
        return bool(display.get_selection_owner(selection) != X.NONE)
    finally:
        display.close()
