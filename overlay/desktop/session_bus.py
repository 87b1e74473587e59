"""The session bus of a Linux desktop (D-Bus), over which it shows icons, menus and notifications.

https://dbus.freedesktop.org/doc/dbus-specification.html
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from overlay.errors import OverlayError
from overlay.language import LazyText

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus
    from dbus_fast.service import ServiceInterface

_BUS, _BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"

#: How long an answer may take, in seconds; a program may have to start first.
_TIMEOUT_S = 5.0

T = TypeVar("T")


class BusError(OverlayError):
    """There is no session bus, or what was asked over it was not done."""


class SessionBus:
    """A connection to the session bus, served by a thread of its own.

    All methods may be called from any other thread. Handlers of signals, and the methods of
    exported interfaces, run in the bus's thread and must not wait.

    Example:
        >>> with SessionBus() as bus:  # doctest: +SKIP
        ...     bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")
    """

    def __init__(self, address: str | None = None) -> None:
        """Connect.

        Args:
            address: Where the bus is; None for the one of this desktop.

        Raises:
            BusError: There is no session bus.
        """
        address = address or _address()
        if address is None:
            raise BusError(LazyText("this desktop has no session bus"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dbus", daemon=True)
        self._thread.start()
        try:
            self._bus = self._run(_connect(address))
        except BusError:
            self.close()
            raise

    @property
    def connected(self) -> bool:
        """Whether the bus is still there."""
        return bool(self._bus.connected)

    @property
    def name(self) -> str:
        """The name of this connection on the bus."""
        return self._bus.unique_name or ""

    def call(
        self,
        service: str,
        path: str,
        interface: str,
        method: str,
        signature: str = "",
        *body: Any,
        starts: bool = False,
    ) -> list[Any]:
        """Call a method of another program.

        Args:
            service: The program's name on the bus.
            path: The object.
            interface: The interface with the method.
            method: The method's name.
            signature: The D-Bus types of `body`.
            *body: The arguments.
            starts: Whether the program is started if it does not run.

        Returns:
            What it returned.

        Raises:
            BusError: Nobody has that name, or the method failed or took too long.
        """
        from dbus_fast import Message, MessageFlag, MessageType

        flags = MessageFlag.NONE if starts else MessageFlag.NO_AUTOSTART
        message = Message(
            service, path, interface, method, flags=flags, signature=signature, body=list(body)
        )
        reply = self._run(self._bus.call(message))
        if reply is None or reply.message_type is MessageType.ERROR:
            raise BusError(f"{service}: {reply and (reply.body or [reply.error_name])[0]}")
        return reply.body

    def on_signal(
        self,
        interface: str,
        member: str,
        handler: Callable[[list[Any]], None],
        *,
        path: str | None = None,
    ) -> None:
        """Have a function called with the arguments of each signal of this name.

        Args:
            interface: The interface with the signal.
            member: The signal's name.
            handler: The function.
            path: The only object whose signals count; None for any.

        Raises:
            BusError: The bus does not deliver them.
        """
        from dbus_fast import MessageType

        def look(message: Message) -> None:
            if message.message_type is MessageType.SIGNAL and (
                (message.interface, message.member, message.path)
                == (interface, member, path or message.path)
            ):
                handler(message.body)

        self.do(self._bus.add_message_handler, look)
        rule = f"type='signal',interface='{interface}',member='{member}'"
        rule += f",path='{path}'" if path else ""
        self.call(_BUS, _BUS_PATH, _BUS, "AddMatch", "s", rule)

    def on_owner(self, service: str, handler: Callable[[bool], None]) -> None:
        """Have a function called when a name gets an owner (True) or loses it (False)."""

        def look(change: list[Any]) -> None:
            if change[0] == service:
                handler(bool(change[2]))

        self.on_signal(_BUS, "NameOwnerChanged", look)

    def export(self, path: str, interface: ServiceInterface) -> None:
        """Let other programs use an interface at a path."""

        async def export() -> None:
            self._bus.export(path, interface)

        self._run(export())

    def do(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have a function called in the bus's thread, as the signals of an interface must be."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        """Leave the bus; what was exported is gone."""

        def end() -> None:
            if hasattr(self, "_bus"):
                self._bus.disconnect()
            self._loop.call_later(0, self._loop.stop)  # after what disconnecting has scheduled

        self.do(end)
        self._thread.join(_TIMEOUT_S)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, _TIMEOUT_S), self._loop)
        try:
            return future.result(_TIMEOUT_S + 1)
        except (OSError, EOFError, TimeoutError) as error:
            future.cancel()
            raise BusError(
                LazyText("the session bus does not answer: {reason}", reason=error or "timeout")
            ) from error
        except Exception as error:  # the library has many kinds
            raise BusError(
                LazyText("the session bus: {reason}", reason=error or type(error).__name__)
            ) from error

    def __enter__(self) -> SessionBus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _connect(address: str) -> MessageBus:
    from dbus_fast.aio import MessageBus

    return await MessageBus(address).connect()  # made in the loop that will serve it


def _address() -> str | None:
    """Where the session bus is; None if none is running, which libraries would then start."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(str(runtime), "bus")
    return f"unix:path={path}" if runtime and path.exists() else None
