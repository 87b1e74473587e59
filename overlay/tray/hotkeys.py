"""The hotkeys of the settings, while the application runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from overlay.app import App
from overlay.desktop.hotkey import HotkeyAction, HotkeyError, parse_hotkey
from overlay.desktop.hotkeys import Hotkeys, open_hotkeys
from overlay.gui.setting_texts import TEXTS
from overlay.language import _
from overlay.tray.dialogs import Dialogs


class HotkeySettings:
    """Has hotkeys do something, and follows the settings.

    Args:
        app: Whose settings.
        dialogs: Where the user is told that a hotkey cannot be had.
        actions: What each hotkey does, by the name of its setting.
    """

    def __init__(
        self, app: App, dialogs: Dialogs, actions: Mapping[str, Callable[[], None]]
    ) -> None:
        self._app = app
        self._dialogs = dialogs
        self._actions = actions
        self._lock = threading.Lock()
        self._chosen: dict[str, str] = {}
        self._hotkeys: Hotkeys | None = None
        self._refusal = ""

    def follow(self) -> None:
        """Use the hotkeys that are in the settings now, without waiting for the desktop."""
        if self._wanted() != self._chosen:
            threading.Thread(target=self._follow, name="hotkeys", daemon=True).start()

    def describe(self) -> dict[str, dict[str, str]]:
        """What to say about these settings: the keys that the desktop has bound, or why none."""
        hotkeys, refusal = self._hotkeys, self._refusal
        if hotkeys is None or hotkeys.bound is None:
            notes = dict.fromkeys(self._chosen, refusal) if refusal else {}
        else:
            notes = {name: _bound(hotkeys.bound.get(name)) for name in self._chosen}
        return {"notes": notes}

    def close(self) -> None:
        """Use none any more."""
        with self._lock:
            self._release()

    def _wanted(self) -> dict[str, str]:
        """The hotkeys that the user has chosen, by the names of their settings."""
        settings = self._app.settings
        return {name: text for name in self._actions if (text := getattr(settings, name))}

    def _follow(self) -> None:
        with self._lock:
            if (wanted := self._wanted()) == self._chosen:
                return
            self._chosen = wanted
            self._release()
            if wanted:
                self._open()

    def _open(self) -> None:
        actions = [
            HotkeyAction(name, _(TEXTS[name].title), parse_hotkey(text), self._actions[name])
            for name, text in self._chosen.items()
        ]
        try:
            self._hotkeys = open_hotkeys(actions)
        except HotkeyError as error:
            self._refusal = str(error)
            self._dialogs.tell(str(error))

    def _release(self) -> None:
        self._refusal = ""
        if self._hotkeys is not None:
            self._hotkeys.close()
            self._hotkeys = None


def _bound(keys: str | None) -> str:
    if keys:
        return _(
            "Your desktop has set this to: {keys}. You can change it in its keyboard settings."
        ).format(keys=keys)
    return _("Your desktop names no keys for this; look in its keyboard settings.")
