"""The icon class that fits a kind of tray."""

from __future__ import annotations

import os
from typing import Any

from overlay.desktop.tray_host import BACKEND_VARIABLE, HostKind


def icon_class(kind: HostKind) -> type[Any]:
    """The subclass of `pystray.Icon` for a kind of tray.

    Raises:
        ImportError: pystray, or what it needs there, cannot be imported.
    """
    _import_pystray()
    if kind == "status-notifier":
        from overlay.tray._status_notifier import StatusNotifierIcon

        return StatusNotifierIcon
    if kind == "xorg":
        from overlay.tray._xorg import XorgIcon

        return XorgIcon
    if kind == "win32":
        from overlay.tray._win32 import WindowsIcon

        return WindowsIcon
    from overlay.tray._darwin import MacIcon

    return MacIcon


def _import_pystray() -> None:
    """Import it without a backend of its own choice, which fails where that one cannot work."""
    chosen = os.environ.get(BACKEND_VARIABLE)
    os.environ[BACKEND_VARIABLE] = "dummy"
    try:
        import pystray  # noqa: F401
    finally:
        del os.environ[BACKEND_VARIABLE]
        if chosen is not None:
            os.environ[BACKEND_VARIABLE] = chosen
