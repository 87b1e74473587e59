"""The real xdg-desktop-portal on a bus of its own, over a desktop that the tests play.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.impl.portal.GlobalShortcuts.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
from dbus_fast import Variant
from dbus_fast.annotations import DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from overlay.desktop.session_bus import SessionBus
from tests.desktop.bus import session_bus

#: In the package xdg-desktop-portal; the bus starts it.
_PORTAL_PROGRAM = "/usr/libexec/xdg-desktop-portal"
_NAME = "org.freedesktop.impl.portal.desktop.tests"
_PORTAL = f"""\
[portal]
DBusName={_NAME}
Interfaces=org.freedesktop.impl.portal.GlobalShortcuts;
UseIn=tests
"""

_Details = Annotated[dict[str, Any], DBusSignature("a{sv}")]
_Shortcuts = Annotated[list[Any], DBusSignature("a(sa{sv})")]
_Answer = Annotated[tuple[int, dict[str, Any]], DBusSignature("ua{sv}")]
_Nothing = Annotated[None, DBusSignature("")]  # the library takes a bare None for a mistake


class Shortcuts(ServiceInterface):
    """A desktop that binds shortcuts.

    Attributes:
        asked: What programs have asked for, one list each time.
        remembered: The keys of each shortcut; what is there already is bound without asking.
        refuses: Whether the user says no.
        says_keys: Whether the answer contains the keys, as GNOME's, or a signal, as KDE's.
        sessions: The sessions that are open.
    """

    def __init__(self, bus: SessionBus) -> None:
        super().__init__("org.freedesktop.impl.portal.GlobalShortcuts")
        self._bus = bus
        self.asked: list[list[Any]] = []
        self.remembered: dict[str, str] = {}
        self.refuses = False
        self.says_keys = True
        self.sessions: set[str] = set()

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> DBusUInt32:
        return 1

    @dbus_method()
    def CreateSession(  # noqa: N802
        self, handle: DBusObjectPath, session: DBusObjectPath, app: DBusStr, options: _Details
    ) -> _Answer:
        if session not in self.sessions:  # the portal may have started anew
            self.sessions.add(session)
            session_object = _Session(lambda: self.sessions.remove(session))
            # In another thread, because it waits for this one.
            threading.Thread(target=self._bus.export, args=(session, session_object)).start()
        return 0, {}

    @dbus_method()
    def ListShortcuts(  # noqa: N802
        self, handle: DBusObjectPath, session: DBusObjectPath
    ) -> _Answer:
        return 0, {"shortcuts": Variant("a(sa{sv})", self._bound())}

    @dbus_method()
    def BindShortcuts(  # noqa: N802
        self, handle: DBusObjectPath, session: DBusObjectPath, shortcuts: _Shortcuts,
        parent: DBusStr, options: _Details,
    ) -> _Answer:  # fmt: skip
        wanted = [
            (name, {key: text.value for key, text in told.items()}) for name, told in shortcuts
        ]
        self.asked.append(wanted)
        if self.refuses:
            return 1, {}
        for name, told in wanted:
            self.remembered.setdefault(name, told["preferred_trigger"])
        if self.says_keys:
            return 0, {"shortcuts": Variant("a(sa{sv})", self._bound())}
        self.ShortcutsChanged(session, self._bound())
        return 0, {}

    @dbus_signal()
    def Activated(  # noqa: N802
        self, session: str, name: str
    ) -> Annotated[Any, DBusSignature("osta{sv}")]:
        return session, name, 0, {}

    @dbus_signal()
    def ShortcutsChanged(  # noqa: N802
        self, session: str, shortcuts: list[Any]
    ) -> Annotated[Any, DBusSignature("oa(sa{sv})")]:
        return session, shortcuts

    def press(self, name: str) -> None:
        """Press the keys of a shortcut, whatever window has the keyboard."""
        for session in self.sessions:
            self._bus.do(lambda session=session: self.Activated(session, name))

    def choose(self, **keys: str) -> None:
        """Bind other keys, as the user may at any time."""
        self.remembered |= keys
        for session in self.sessions:
            self._bus.do(lambda session=session: self.ShortcutsChanged(session, self._bound()))

    def _bound(self) -> list[Any]:
        return [
            [name, {"trigger_description": Variant("s", keys)}]
            for name, keys in self.remembered.items()
        ]


class _Session(ServiceInterface):
    """A session, as the portal sees it."""

    def __init__(self, close: Callable[[], None]) -> None:
        super().__init__("org.freedesktop.impl.portal.Session")
        self._close = close

    @dbus_method()
    def Close(self) -> _Nothing:  # noqa: N802
        self._close()

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> DBusUInt32:
        return 1


@contextmanager
def desktop_with_portal(folder: Path) -> Iterator[tuple[str, Shortcuts]]:
    """A session bus with a portal, which starts when it is asked for something.

    Args:
        folder: An empty folder of the test's.

    Yields:
        The bus's address, and the desktop.
    """
    if not Path(_PORTAL_PROGRAM).exists():
        pytest.skip("DESKTOP MISSING: apt-get install xdg-desktop-portal")
    folder.chmod(0o700)
    (folder / "tests.portal").write_text(_PORTAL)
    environment = {
        "XDG_DESKTOP_PORTAL_DIR": str(folder),
        "XDG_CURRENT_DESKTOP": "tests",
        "XDG_RUNTIME_DIR": str(folder),
        "HOME": str(folder),
    }
    with session_bus(environment) as address, SessionBus(address) as bus:
        shortcuts = Shortcuts(bus)
        bus.export("/org/freedesktop/portal/desktop", shortcuts)
        dbus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        bus.call(*dbus, "RequestName", "su", _NAME, 0)
        yield address, shortcuts
