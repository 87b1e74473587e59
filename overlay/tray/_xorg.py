"""The icon on Linux desktops with only the older XEMBED tray.

The panel gives the icon a window and nothing else, so there is no menu: that would have to be a
window of ours.
https://specifications.freedesktop.org/systemtray-spec/latest/
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from PIL import Image
from pystray import _xorg
from Xlib import X, Xatom, Xutil
from Xlib.display import Display
from Xlib.error import XError
from Xlib.protocol.event import ClientMessage

_log = logging.getLogger(__name__)

_LEFT, _RIGHT = 1, 3
_EVENTS = X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask
_SMALLEST_PX = 24

#: tint2 without a compositor misses what is drawn just after it accepts the icon, in seconds.
_DRAW_AGAIN_S = 0.5


class XorgIcon(_xorg.Icon):  # type: ignore[misc]
    """pystray's icon, made to receive clicks and to look like part of the panel.

    The original class (0.19.5) selects no button events, so clicks do not reach it; it draws a
    stretched picture on black; its title must be Latin-1; and when the panel ends, it raises and
    other threads wait for its loop for ever. Other threads also use its connection, which makes
    python-xlib lose events: one thread reads what the other is waiting for. Here the loop ends with
    the panel, and other threads wake it over a connection of their own.

    Attributes:
        on_right_click: Called on a right click, in the main thread.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.on_right_click: Callable[[], None] = lambda: None
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._waker = Display()
        self._waker.set_error_handler(_ignore)
        self._waker_lock = threading.Lock()
        super().__init__(*args, **options)
        self._display.set_error_handler(_ignore)
        self._message_handlers[X.MapNotify] = self._on_map

    def _create_window(self) -> Any:
        self._depth, look = self._find_look()
        window = self._display.screen().root.create_window(
            -1, -1, 1, 1, 0, self._depth, X.InputOutput, event_mask=_EVENTS, **look
        )
        window.set_wm_class(f"{self.name}SystemTrayIcon", self.name)
        window.set_wm_normal_hints(
            flags=Xutil.PMinSize, min_width=_SMALLEST_PX, min_height=_SMALLEST_PX
        )
        info = [self._XEMBED_VERSION, self._XEMBED_MAPPED]
        window.change_property(self._xembed_info, self._xembed_info, 32, info)
        return window

    def _find_look(self) -> tuple[int, dict[str, Any]]:
        """Depth and look of the window: transparent if the tray offers that."""
        screen = self._display.screen()
        tray = self._get_systray_manager()
        name = self._display.intern_atom("_NET_SYSTEM_TRAY_VISUAL")
        offer = tray.get_full_property(name, Xatom.VISUALID) if tray else None
        deep = {v.visual_id for d in screen.allowed_depths if d.depth == 32 for v in d.visuals}
        if not offer or offer.value[0] not in deep:
            return screen.root_depth, {"background_pixmap": X.ParentRelative}
        visual = int(offer.value[0])
        colormap = screen.root.create_colormap(visual, X.AllocNone)
        clear = {"background_pixel": 0, "border_pixel": 0}
        return 32, {"visual": visual, "colormap": colormap, **clear}

    def _rewrite_implementation(self, *methods: Callable[[], None]) -> None:
        """Make these methods run in the main thread, without waiting for them."""
        self._message_handlers[X.ClientMessage] = self._on_message
        for method in methods:
            setattr(self, method.__name__, partial(self._call, method))

    def _call(self, method: Callable[[], None]) -> None:
        if threading.current_thread() is threading.main_thread():
            method()
            return
        self._calls.put(method)
        with self._waker_lock:
            window = self._waker.create_resource_object("window", self._window.id)
            nothing = (32, [0] * 5)
            wake = ClientMessage(window=window, client_type=self._xembed_info, data=nothing)
            self._waker.send_event(window, wake)
            self._waker.flush()

    def _on_message(self, event: Any) -> None:
        while True:
            try:
                method = self._calls.get_nowait()
            except Empty:
                return
            try:
                method()
            except Exception:  # a failed picture must not end the loop
                _log.exception("the tray icon could not be drawn")

    def _on_map(self, event: Any) -> None:
        again = threading.Timer(_DRAW_AGAIN_S, self._update_icon)
        again.daemon = True
        again.start()

    def _on_button_press(self, event: Any) -> None:
        if event.detail == _LEFT:
            self()
        elif event.detail == _RIGHT:
            self.on_right_click()

    def _on_destroy_notify(self, event: Any) -> None:
        """The panel has ended: destroying our window ends the loop."""
        self._window.destroy()
        self._display.flush()

    def _update_icon(self) -> None:
        """Draw, without docking in the tray again as the original does."""
        self._icon_valid = True
        self._draw()

    def _update_title(self) -> None:
        """Name the window: in ASCII for old programs, in UTF-8 for all others."""
        name, utf8 = map(self._display.intern_atom, ("_NET_WM_NAME", "UTF8_STRING"))
        self._window.set_wm_name(self.title.encode("ascii", "replace").decode())
        self._window.change_property(name, utf8, 8, self.title.encode())

    def _draw(self) -> None:
        """Draw the icon as large as it fits, on the panel's own background."""
        try:
            shape = self._window.get_geometry()
            picture = self._background(shape.width, shape.height)
            side = min(picture.size)
            icon = self._icon.resize((side, side), Image.Resampling.LANCZOS)
            place = (picture.width - side) // 2, (picture.height - side) // 2
            picture.alpha_composite(icon, place)
            self._put(picture)
        except XError as error:
            _log.debug("the icon's window is gone: %s", error)

    def _background(self, width: int, height: int) -> Image.Image:
        if self._depth == 32:
            return Image.new("RGBA", (width, height))
        self._window.clear_area(0, 0, width, height)
        try:
            pixels = self._window.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF).data
            return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX").convert("RGBA")
        except (XError, ValueError):  # not visible yet, or not 24 bits deep
            return Image.new("RGBA", (width, height), "black")

    def _put(self, picture: Image.Image) -> None:
        red, green, blue, alpha = picture.convert("RGBa").split()  # premultiplied, as X has it
        pixels = Image.merge("RGBA", (blue, green, red, alpha)).tobytes()
        self._window.put_image(self._gc, 0, 0, *picture.size, X.ZPixmap, self._depth, 0, pixels)
        self._display.flush()


def _ignore(*error: Any) -> None:
    """Ignore late errors about windows that no longer exist."""
    _log.debug("X error: %s", error)
