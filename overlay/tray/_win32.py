"""The icon in the notification area of Windows."""

from __future__ import annotations

from typing import Any

from pystray import _win32
from pystray._util import win32


class WindowsIcon(_win32.Icon):  # type: ignore[misc]
    """pystray's icon, with a new menu each time it opens.

    So the menu is never out of date, and no other thread destroys it while it is open.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._menu_handle: Any = None

    def _on_notify(self, wparam: int, lparam: int) -> None:
        if lparam == win32.WM_RBUTTONUP:
            super()._update_menu()
        super()._on_notify(wparam, lparam)

    def _update_menu(self) -> None:
        if self._menu_handle is None:
            super()._update_menu()
