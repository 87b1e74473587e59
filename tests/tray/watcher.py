"""A watcher of StatusNotifier icons that is its own host; prints `registered NAME` for each icon.

`python -m tests.tray.watcher [SECONDS]` refuses all icons for so long after it took its name, like
a panel that is still starting.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Annotated

from dbus_fast import DBusError, ErrorType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusSignature, DBusStr
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

_NAME = "org.kde.StatusNotifierWatcher"


_Nothing = Annotated[None, DBusSignature("")]  # the library takes a bare None for a mistake


class Watcher(ServiceInterface):
    def __init__(self, deaf_for: float) -> None:
        super().__init__(_NAME)
        self._deaf_until = time.monotonic() + deaf_for
        self._icons: list[str] = []

    @dbus_method()
    def RegisterStatusNotifierItem(self, icon: DBusStr) -> _Nothing:  # noqa: N802
        if time.monotonic() < self._deaf_until:
            raise DBusError(ErrorType.UNKNOWN_METHOD, "not yet")
        if icon not in self._icons:
            self._icons.append(icon)
            print(f"registered {icon}", flush=True)

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(  # noqa: N802
        self,
    ) -> Annotated[list[str], DBusSignature("as")]:
        return self._icons

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:  # noqa: N802
        return True


async def main() -> None:
    bus = await MessageBus().connect()
    bus.export("/StatusNotifierWatcher", Watcher(float(sys.argv[1] if len(sys.argv) > 1 else 0)))
    await bus.request_name(_NAME)
    await bus.wait_for_disconnect()


if __name__ == "__main__":
    asyncio.run(main())
