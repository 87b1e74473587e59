"""The icon class that fits a kind of tray."""

from __future__ import annotations

import os
from typing import Any

from overlay.desktop.tray_host import HostKind


def icon_class(kind: HostKind) -> type[Any]:
    """The subclass of `pystray.Icon` for a kind of tray.

    Raises:
        ImportError: pystray, or what it needs there, cannot be imported.
    """
    # pystray chooses a backend when it is imported and fails if that one cannot work.
    os.environ.setdefault("PYSTRAY_BACKEND", kind)
    if kind == "appindicator":
        from overlay.tray._appindicator import AppIndicatorIcon

        return AppIndicatorIcon
    if kind == "xorg":
        from overlay.tray._xorg import XorgIcon

        return XorgIcon
    if kind == "win32":
        from overlay.tray._win32 import WindowsIcon

        return WindowsIcon
    from overlay.tray._darwin import MacIcon

    return MacIcon
