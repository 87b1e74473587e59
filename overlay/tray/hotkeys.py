"""The hotkeys of the settings, while the application runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from overlay.app import App
from overlay.desktop.hotkey import HotkeyError, parse_hotkey
from overlay.desktop.hotkeys import Hotkeys, open_hotkeys
from overlay.gui.wording import APP_TITLE
from overlay.settings import Settings
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

    def follow(self) -> None:
        """Use the hotkeys that are in the settings now."""
        with self._lock:
            chosen = _chosen(self._app.settings, self._actions)
            if chosen == self._chosen:
                return
            self._chosen = chosen
            self._release()
            if chosen:
                self._open()

    def close(self) -> None:
        """Use none any more."""
        with self._lock:
            self._release()

    def _open(self) -> None:
        actions = {
            parse_hotkey(text): self._actions[setting] for setting, text in self._chosen.items()
        }
        try:
            self._hotkeys = open_hotkeys(actions)
        except HotkeyError as error:
            self._dialogs.tell(APP_TITLE, str(error))

    def _release(self) -> None:
        if self._hotkeys is not None:
            self._hotkeys.close()
            self._hotkeys = None


def _chosen(settings: Settings, actions: Mapping[str, object]) -> dict[str, str]:
    """The hotkeys that the user has chosen, by the names of their settings."""
    return {name: text for name in actions if (text := getattr(settings, name))}
