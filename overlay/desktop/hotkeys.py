"""Hotkeys that work in every window.

Only these keys are asked for, never what is typed otherwise, wherever the system lets a program do
that: X11 (XGrabKey) does, and on Wayland the desktop's portal. Windows and macOS are left to
pynput, which sees all keys there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from overlay.desktop.hotkey import HotkeyAction

#: What follows so soon is the same key, still held down, in seconds.
_HELD_S = 0.5


class Hotkeys(Protocol):
    """Hotkeys that are in effect."""

    @property
    def bound(self) -> Mapping[str, str] | None:
        """The keys that the desktop has bound, in its words, by `HotkeyAction.name`.

        None where a program decides that itself, and the keys are those that were asked for.
        """

    def close(self) -> None:
        """Let other programs have them."""


def needs_portal() -> bool:
    """Whether hotkeys have to be asked of the desktop's portal: on Linux without an X server."""
    if sys.platform != "linux":
        return False
    return bool(os.environ.get("WAYLAND_DISPLAY")) or not os.environ.get("DISPLAY")


def open_hotkeys(actions: Sequence[HotkeyAction]) -> Hotkeys:
    """Have something done when hotkeys are pressed, from another thread.

    Raises:
        HotkeyError: This desktop has none, or another program has one of them.
    """
    actions = [replace(action, act=_once(action.act)) for action in actions]
    if needs_portal():
        from overlay.desktop.portal_hotkeys import PortalHotkeys

        return PortalHotkeys(actions)
    by_hotkey = {action.hotkey: action.act for action in actions}
    if sys.platform != "linux":
        from overlay.desktop._pynput_hotkeys import PynputHotkeys

        return PynputHotkeys(by_hotkey)
    from overlay.desktop._x11_hotkeys import X11Hotkeys

    return X11Hotkeys(by_hotkey)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """The action, not again while the key is held down."""
    last_s = float("-inf")

    def act() -> None:
        nonlocal last_s
        before_s, last_s = last_s, time.monotonic()
        if last_s - before_s > _HELD_S:
            action()

    return act
