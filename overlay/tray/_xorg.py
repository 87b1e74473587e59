"""The icon on Linux desktops that have only the older XEMBED tray, or where `gi` is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PIL import Image
from pystray import _xorg
from Xlib import X
from Xlib.error import XError

_log = logging.getLogger(__name__)

_LEFT, _RIGHT = 1, 3


class XorgIcon(_xorg.Icon):  # type: ignore[misc]
    """pystray's icon, made to receive clicks and to look like part of the panel.

    The stock class (0.19.5) selects no button events, so it is never clicked; it paints on black
    and stretches; it raises when the panel goes away; and other threads wait for its loop
    without end once that is over. Here the loop ends when the panel goes away.

    Attributes:
        on_right_click: Called on a right click, in the main thread.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.on_right_click: Callable[[], None] = lambda: None
        super().__init__(*args, **options)
        self._queue = _Unawaited()
        self._display.set_error_handler(_ignore)

    def _create_window(self) -> Any:
        window = super()._create_window()
        window.change_attributes(
            event_mask=X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask,
            background_pixmap=X.ParentRelative,
        )
        return window

    def _on_button_press(self, event: Any) -> None:
        if event.detail == _LEFT:
            self()
        elif event.detail == _RIGHT:
            self.on_right_click()

    def _on_destroy_notify(self, event: Any) -> None:
        """The panel is gone; destroying our window ends the loop."""
        self._window.destroy()
        self._display.flush()

    def _assert_icon_data(self, width: int, height: int) -> None:
        """Put the icon, as large as fits, onto what the panel shows behind it."""
        side = min(width, height)
        icon = self._icon.resize((side, side), Image.Resampling.LANCZOS)
        picture = self._background(width, height)
        picture.paste(icon, ((width - side) // 2, (height - side) // 2), icon)
        setattr(picture, "tostring", picture.tobytes)  # noqa: B010  (Xlib's name for it)
        self._icon_data = picture

    def _background(self, width: int, height: int) -> Image.Image:
        self._window.clear_area(0, 0, width, height)
        try:
            pixels = self._window.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF).data
            return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX")
        except (XError, ValueError):  # not visible yet, or not 24 bits deep
            return Image.new("RGB", (width, height))


class _Unawaited:
    """Stands for pystray's queue of finished calls, so that nobody waits for one."""

    def put(self, result: Any) -> None:
        if result is not True:
            _log.warning("the tray icon could not be drawn", exc_info=result)

    def get(self) -> bool:
        return True


def _ignore(*error: Any) -> None:
    """X reports late on windows that are gone already."""
    _log.debug("X error: %s", error)
