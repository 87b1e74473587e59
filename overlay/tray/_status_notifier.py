"""The icon on Linux desktops with StatusNotifier: GNOME with its extension, KDE, XFCE, others."""

from __future__ import annotations

import logging
import threading
from typing import Annotated, Any

from dbus_fast.annotations import DBusBool, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_property, dbus_signal
from PIL import Image
from pystray import _base

from overlay.desktop.session_bus import BusError, SessionBus
from overlay.desktop.tray_host import WATCHER, register
from overlay.tray._dbus_menu import DBusMenu, Nothing

_log = logging.getLogger(__name__)

_ITEM_PATH, _MENU_PATH = "/StatusNotifierItem", "/Menu"

#: How often to register an icon again that the panel has refused, in seconds: it may be starting.
_AGAIN_S = 1.0

#: In pixels; panels choose, and scale.
_SIZES = (24, 32, 64)

_Picture = tuple[int, int, bytes]
_Pictures = Annotated[list[Any], DBusSignature("a(iiay)")]
_ToolTip = Annotated[Any, DBusSignature("(sa(iiay)ss)")]


class StatusNotifierIcon(_base.Icon):  # type: ignore[misc]
    """An icon for pystray over D-Bus alone, without libraries of the desktop.

    Its loop ends with the watcher, as that of an XEMBED icon does with its panel: whoever shows
    icons next may do it another way.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ended, self._shown = threading.Event(), threading.Event()
        self._bus: SessionBus | None = None
        self._item = _Item(self.name)
        self._dbus_menu = DBusMenu()

    def _run(self) -> None:
        try:
            with SessionBus() as bus:
                bus.export(_MENU_PATH, self._dbus_menu)
                bus.export(_ITEM_PATH, self._item)
                bus.on_owner(WATCHER, lambda is_there: None if is_there else self._ended.set())
                self._bus = bus
                self._begin()
                self._stay(bus)
        except BusError as error:
            _log.info("the icon is gone: %s", error)
        finally:
            self._bus = None

    def _begin(self) -> None:
        try:
            self._mark_ready()
        except Exception:  # the next menu may be possible
            _log.exception("the first menu could not be made")

    def _stay(self, bus: SessionBus) -> None:
        """Be shown until the watcher, the bus or the application ends."""
        self._shown.wait(_AGAIN_S)
        is_shown = False
        while bus.connected and not self._ended.is_set():
            try:
                if self._shown.is_set() and not is_shown:
                    register(bus, bus.name)
                    is_shown = True
            except BusError as error:
                _log.debug("the icon is not accepted: %s", error)
            self._ended.wait(_AGAIN_S)

    def _show(self) -> None:
        self._shown.set()

    def _hide(self) -> None:
        self._ended.set()

    def _stop(self) -> None:
        self._ended.set()

    def _update_icon(self) -> None:
        self._icon_valid = True
        self._item.pictures = [_as_argb(self.icon, size) for size in _SIZES]
        self._do(self._item.NewIcon)

    def _update_title(self) -> None:
        self._item.title = self.title
        self._do(self._item.NewTitle, self._item.NewToolTip)

    def _update_menu(self) -> None:
        self._item.title = self.title
        nodes = self._dbus_menu.nodes(self.menu.items if self.menu is not None else ())
        self._do(lambda: self._dbus_menu.replace(nodes))

    def _do(self, *functions: Any) -> None:
        if (bus := self._bus) is not None:
            for function in functions:
                bus.do(function)


class _Item(ServiceInterface):
    """What the panel asks of an icon.

    Attributes:
        title: Its tooltip.
        pictures: The icon in several sizes: width, height, and ARGB bytes.
    """

    def __init__(self, name: str) -> None:
        super().__init__("org.kde.StatusNotifierItem")
        self._name = name
        self.title = ""
        self.pictures: list[_Picture] = []

    @dbus_property(access=PropertyAccess.READ)
    def Category(self) -> DBusStr:  # noqa: N802
        """What kind of program it is."""
        return "ApplicationStatus"

    @dbus_property(access=PropertyAccess.READ)
    def Id(self) -> DBusStr:  # noqa: N802
        """The program."""
        return self._name

    @dbus_property(access=PropertyAccess.READ)
    def Title(self) -> DBusStr:  # noqa: N802
        """What it is, in a line."""
        return self.title

    @dbus_property(access=PropertyAccess.READ)
    def Status(self) -> DBusStr:  # noqa: N802
        """It is always shown."""
        return "Active"

    @dbus_property(access=PropertyAccess.READ)
    def IconName(self) -> DBusStr:  # noqa: N802
        """None: it has pictures."""
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def IconPixmap(self) -> _Pictures:  # noqa: N802
        """The icon."""
        return [list(picture) for picture in self.pictures]

    @dbus_property(access=PropertyAccess.READ)
    def ToolTip(self) -> _ToolTip:  # noqa: N802
        """What is shown beside the mouse."""
        return ["", [], self.title, ""]

    @dbus_property(access=PropertyAccess.READ)
    def ItemIsMenu(self) -> DBusBool:  # noqa: N802
        """Any click opens the menu."""
        return True

    @dbus_property(access=PropertyAccess.READ)
    def Menu(self) -> DBusObjectPath:  # noqa: N802
        """Where the menu is."""
        return _MENU_PATH

    @dbus_signal()
    def NewIcon(self) -> Nothing:  # noqa: N802
        """The icon is another one."""

    @dbus_signal()
    def NewTitle(self) -> Nothing:  # noqa: N802
        """The title is another one."""

    @dbus_signal()
    def NewToolTip(self) -> Nothing:  # noqa: N802
        """The tooltip is another one."""


def _as_argb(picture: Image.Image, size: int) -> _Picture:
    red, green, blue, alpha = picture.resize((size, size), Image.Resampling.LANCZOS).split()
    return size, size, Image.merge("RGBA", (alpha, red, green, blue)).tobytes()
