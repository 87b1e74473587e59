"""The icon in the menu bar of macOS."""

from __future__ import annotations

from PyObjCTools import AppHelper
from pystray import _darwin


class MacIcon(_darwin.Icon):  # type: ignore[misc]
    """pystray's icon, changed only in the main thread, as AppKit requires."""

    def _show(self) -> None:
        AppHelper.callAfter(super()._show)

    def _hide(self) -> None:
        AppHelper.callAfter(super()._hide)

    def _update_icon(self) -> None:
        AppHelper.callAfter(super()._update_icon)

    def _update_title(self) -> None:
        AppHelper.callAfter(super()._update_title)

    def _update_menu(self) -> None:
        AppHelper.callAfter(super()._update_menu)

    def _stop(self) -> None:
        AppHelper.callAfter(super()._stop)
