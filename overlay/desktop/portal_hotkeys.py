"""Hotkeys on Wayland: the desktop asks the user, binds the keys, and tells when they are pressed.

The user may choose other keys than those proposed, and change them later in the desktop's settings;
the desktop remembers them by the names of the actions.
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from overlay.desktop.hotkey import MODIFIERS, Hotkey, HotkeyAction, HotkeyError
from overlay.desktop.session_bus import BusError, SessionBus
from overlay.language import LazyText

_log = logging.getLogger(__name__)

_SERVICE, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SHORTCUTS, _REQUEST = "org.freedesktop.portal.GlobalShortcuts", "org.freedesktop.portal.Request"
_REGISTRY = "org.freedesktop.host.portal.Registry"

#: The name of the application's desktop entry: newer portals give hotkeys only to who has one.
_APPLICATION = "emotion-overlay"

#: As the shortcuts specification writes them: https://specifications.freedesktop.org/shortcuts/
_NAMES = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}

#: How long the portal may take to answer what it need not ask the user, in seconds.
_TIMEOUT_S = 5.0


def has_portal() -> bool:
    """Whether this desktop has a portal for hotkeys; starts the portal if it does not run."""
    get = ("org.freedesktop.DBus.Properties", "Get", "ss", _SHORTCUTS, "version")
    try:
        with SessionBus() as bus:
            bus.call(_SERVICE, _PATH, *get, starts=True)
    except BusError:
        return False
    return True


class PortalHotkeys:
    """Hotkeys by the portal. They are asked for again when the portal starts anew.

    Attributes:
        bound: See `Hotkeys.bound`; empty words where the desktop does not say which keys.

    Args:
        actions: What each hotkey does.

    Raises:
        HotkeyError: This desktop has no portal for hotkeys, or it refuses.
    """

    def __init__(self, actions: Sequence[HotkeyAction]) -> None:
        self._actions = {action.name: action for action in actions}
        self.bound: dict[str, str] = {}
        self._session = ""
        self._numbers = itertools.count(1)
        try:
            self._bus = SessionBus()
        except BusError as error:
            raise _impossible(error) from error
        try:
            self._bus.on_signal(_SHORTCUTS, "Activated", self._on_activated)
            self._bus.on_signal(_SHORTCUTS, "ShortcutsChanged", self._on_changed)
            self._bind()
            self._bus.on_owner(_SERVICE, self._on_portal)
        except BusError as error:
            self._bus.close()
            raise _impossible(error) from error

    def close(self) -> None:
        """Let other programs have them: the portal ends the sessions of who leaves the bus."""
        self._bus.close()

    def _bind(self) -> None:
        """Have the hotkeys bound, unless the desktop remembers all of them."""
        from dbus_fast import Variant

        with contextlib.suppress(BusError):  # the portal is older than that
            self._call(_REGISTRY, "Register", "sa{sv}", _APPLICATION, {})
        token = {"session_handle_token": Variant("s", _APPLICATION.replace("-", "_"))}
        created = self._answer("CreateSession", "a{sv}", options=token)
        self._session = created["session_handle"].value
        self._note(self._answer("ListShortcuts", "oa{sv}", self._session))
        if self._actions.keys() <= self.bound.keys():
            return  # for older versions of KDE would ask the user again
        wanted = [[action.name, _described(action)] for action in self._actions.values()]
        self._request(
            "BindShortcuts", "oa(sa{sv})sa{sv}", self._on_bound, self._session, wanted, ""
        )

    def _answer(self, method: str, signature: str, *body: Any, **options: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer."""
        answer: Future[list[Any]] = Future()
        self._request(method, signature, answer.set_result, *body, **options)
        try:
            response, results = answer.result(_TIMEOUT_S)
        except TimeoutError as error:
            raise BusError(
                LazyText("{name} does not answer in time", name=f"{_SERVICE}.{method}")
            ) from error
        if response:
            raise BusError(LazyText("{name} was refused", name=f"{_SERVICE}.{method}"))
        return dict(results)

    def _request(
        self,
        method: str,
        signature: str,
        answered: Callable[[list[Any]], None],
        *body: Any,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Ask for something that is answered with a signal, from a `Request` object."""
        from dbus_fast import Variant

        token = f"hotkeys_{next(self._numbers)}"
        sender = self._bus.name.removeprefix(":").replace(".", "_")
        path = f"{_PATH}/request/{sender}/{token}"
        self._bus.on_signal(_REQUEST, "Response", answered, path=path)
        options = (options or {}) | {"handle_token": Variant("s", token)}
        self._call(_SHORTCUTS, method, signature, *body, options)

    def _call(self, interface: str, method: str, signature: str, *body: Any) -> None:
        self._bus.call(_SERVICE, _PATH, interface, method, signature, *body, starts=True)

    def _note(self, results: dict[str, Any]) -> None:
        """Note which keys are bound; some desktops say so only with `ShortcutsChanged`."""
        if "shortcuts" in results:
            self._on_changed([self._session, results["shortcuts"].value])

    def _on_bound(self, answer: list[Any]) -> None:
        response, results = answer
        if response:
            _log.info("the desktop or the user refused the hotkeys (%s)", response)
        self._note(results)

    def _on_changed(self, said: list[Any]) -> None:
        from dbus_fast import Variant

        session, shortcuts = said
        if session == self._session:
            unsaid = Variant("s", "")
            self.bound = {
                name: details.get("trigger_description", unsaid).value
                for name, details in shortcuts
            }

    def _on_activated(self, said: list[Any]) -> None:
        session, name, *_rest = said
        if session == self._session and (action := self._actions.get(name)) is not None:
            action.act()

    def _on_portal(self, is_there: bool) -> None:
        self.bound = {}
        if is_there:
            threading.Thread(target=self._bind_again, name="hotkeys", daemon=True).start()

    def _bind_again(self) -> None:
        try:
            self._bind()
        except BusError as error:
            _log.warning("the hotkeys are gone: %s", error)


def _described(action: HotkeyAction) -> dict[str, Any]:
    from dbus_fast import Variant

    trigger = _trigger(action.hotkey)
    words = {"description": action.title, "preferred_trigger": trigger}
    return {name: Variant("s", text) for name, text in words.items()}


def _trigger(hotkey: Hotkey) -> str:
    key = hotkey.key if len(hotkey.key) == 1 else hotkey.key.upper()
    return "+".join((*(_NAMES[name] for name in MODIFIERS if name in hotkey.modifiers), key))


def _impossible(error: BusError) -> HotkeyError:
    _log.info("no hotkeys: %s", error)
    return HotkeyError(
        LazyText(
            "this desktop gives programs no hotkeys: in its keyboard settings, give a shortcut to "
            "the command `emotion-overlay toggle`, `panic` or `mark`"
        )
    )
