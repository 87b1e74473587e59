"""A program that shows notifications, as a desktop's does; prints each as a line of JSON.

`python -m tests.desktop.notification_server [BUTTON]` clicks each button with that text.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from typing import Annotated, Any

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

_NAME, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"

_Texts = Annotated[list[str], DBusSignature("as")]
_Hints = Annotated[dict[str, Any], DBusSignature("a{sv}")]


class Server(ServiceInterface):
    def __init__(self, clicks: str) -> None:
        super().__init__(_NAME)
        self._clicks = clicks
        self._numbers = itertools.count(1)

    @dbus_method()
    def GetCapabilities(self) -> _Texts:  # noqa: N802
        return ["actions", "body", "body-markup"]

    @dbus_method()
    def Notify(  # noqa: N802
        self, name: DBusStr, replaces: DBusUInt32, icon: DBusStr, title: DBusStr, text: DBusStr,
        actions: _Texts, hints: _Hints, seconds: DBusInt32,
    ) -> DBusUInt32:  # fmt: skip
        number = replaces or next(self._numbers)
        passes = hints["transient"].value
        shown = {
            "number": number, "title": title, "text": text, "actions": actions, "passes": passes
        }  # fmt: skip
        print(json.dumps(shown), flush=True)
        if self._clicks in actions[1::2]:
            key = actions[actions.index(self._clicks) - 1]
            asyncio.get_running_loop().call_later(0.2, self.ActionInvoked, number, key)
        return number

    @dbus_signal()
    def ActionInvoked(  # noqa: N802
        self, number: int, key: str
    ) -> Annotated[tuple[int, str], DBusSignature("us")]:
        return number, key


async def main() -> None:
    bus = await MessageBus().connect()
    bus.export(_PATH, Server(sys.argv[1] if len(sys.argv) > 1 else ""))
    await bus.request_name(_NAME)
    await bus.wait_for_disconnect()


if __name__ == "__main__":
    asyncio.run(main())
