"""Hotkeys that work in every window.

Only these keys are asked for, never what is typed otherwise, wherever the system lets a program do
that: X11 (XGrabKey) does. Windows and macOS are left to pynput, which sees all keys there. On
Wayland no program can have keys that are typed elsewhere; desktops bind their own shortcuts to
commands instead.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from overlay.desktop.hotkey import Hotkey, HotkeyError
from overlay.language import _

#: What follows so soon is the same key, still held down, in seconds.
_HELD_S = 0.5


class Hotkeys(Protocol):
    """Hotkeys that are in effect."""

    def close(self) -> None:
        """Let other programs have them."""


def open_hotkeys(actions: Mapping[Hotkey, Callable[[], None]]) -> Hotkeys:
    """Have functions called when hotkeys are pressed, from another thread; they must not wait.

    Raises:
        HotkeyError: This desktop has none, or another program has one of them.
    """
    once = {hotkey: _once(action) for hotkey, action in actions.items()}
    if sys.platform != "linux":
        from overlay.desktop._pynput_hotkeys import PynputHotkeys

        return PynputHotkeys(once)
    if os.environ.get("WAYLAND_DISPLAY") or not os.environ.get("DISPLAY"):
        raise HotkeyError(
            _(
                "on Wayland, no program can have hotkeys of its own: in the keyboard "
                "settings of your desktop, give a shortcut to the command `emotion-overlay "
                "toggle`, `panic` or `mark`"
            )
        )
    from overlay.desktop._x11_hotkeys import X11Hotkeys

    return X11Hotkeys(once)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """The action, not again while the key is held down."""
    last_s = float("-inf")

    def act() -> None:
        nonlocal last_s
        before_s, last_s = last_s, time.monotonic()
        if last_s - before_s > _HELD_S:
            action()

    return act
