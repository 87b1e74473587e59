"""Notifications of a Linux desktop, over its session bus.

https://specifications.freedesktop.org/notification-spec/latest/
"""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Sequence
from typing import Any

from overlay.desktop.session_bus import SessionBus

_SERVICE, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_NAME = "Emotion Overlay"

#: An icon that every theme has: https://specifications.freedesktop.org/icon-naming-spec/latest/
_ICON = "camera-web"

_AS_THE_DESKTOP_LIKES = -1


class Notifier:
    """Shows notifications; a new one about something replaces the last one about it.

    Args:
        bus: The session bus; closed by whoever made it.

    Raises:
        BusError: The bus does not answer.
    """

    def __init__(self, bus: SessionBus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._actions: dict[int, dict[str, Callable[[], None]]] = {}
        bus.on_signal(_SERVICE, "ActionInvoked", self._on_action)
        bus.on_signal(_SERVICE, "NotificationClosed", self._on_closed)

    def show(
        self,
        about: str,
        title: str,
        text: str,
        buttons: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        stays: bool = False,
    ) -> None:
        """Show a notification.

        Args:
            about: What it is about.
            title: Its first line.
            text: The rest.
            buttons: What is on its buttons, where the desktop shows any, and what they do; they
                must not wait.
            stays: Whether the desktop keeps it in its list until the user has seen it.

        Raises:
            BusError: This desktop shows no notifications.
        """
        from dbus_fast import Variant

        known = set(self._call("GetCapabilities")[0])
        text = html.escape(text, quote=False) if "body-markup" in known else text
        shown = buttons if "actions" in known else ()
        keys = [part for key, (label, _) in enumerate(shown) for part in (str(key), label)]
        with self._lock:
            (number,) = self._call(
                "Notify",
                "susssasa{sv}i",
                _NAME,
                self._numbers.get(about, 0),
                _ICON,
                title,
                text,
                keys,
                {"transient": Variant("b", not stays)},
                _AS_THE_DESKTOP_LIKES,
            )
            self._numbers[about] = number
            self._actions[number] = {str(key): action for key, (_, action) in enumerate(shown)}

    def _call(self, method: str, signature: str = "", *body: Any) -> list[Any]:
        return self._bus.call(_SERVICE, _PATH, _SERVICE, method, signature, *body, starts=True)

    def _on_action(self, said: list[Any]) -> None:
        number, key = said
        if (action := self._actions.get(number, {}).get(key)) is not None:
            action()

    def _on_closed(self, said: list[Any]) -> None:
        self._actions.pop(said[0], None)
        for about, number in list(self._numbers.items()):
            if number == said[0]:
                self._numbers.pop(about, None)
