"""Hotkeys on Windows and macOS; macOS asks the user first, under Accessibility."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pynput import keyboard

from overlay.desktop.hotkey import MODIFIERS, Hotkey

_NAMES = {"ctrl": "<ctrl>", "alt": "<alt>", "shift": "<shift>", "super": "<cmd>"}


class PynputHotkeys:
    """Hotkeys by pynput.

    Args:
        actions: What each hotkey does.
    """

    bound = None

    def __init__(self, actions: Mapping[Hotkey, Callable[[], None]]) -> None:
        self._listener = keyboard.GlobalHotKeys(
            {_as_pynput(hotkey): action for hotkey, action in actions.items()}
        )
        self._listener.start()

    def close(self) -> None:
        """Let other programs have them."""
        self._listener.stop()


def _as_pynput(hotkey: Hotkey) -> str:
    modifiers = [_NAMES[name] for name in MODIFIERS if name in hotkey.modifiers]
    key = hotkey.key if len(hotkey.key) == 1 else f"<{hotkey.key}>"
    return "+".join((*modifiers, key))
