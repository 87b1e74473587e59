"""Hotkeys on X11: the server sends these keys, and no others."""

from __future__ import annotations

import itertools
import os
import select
import threading
from collections.abc import Callable, Mapping

from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import BadAccess, CatchError, DisplayError

from overlay.desktop.hotkey import Hotkey, HotkeyError
from overlay.language import LazyText

_MASKS = {
    "ctrl": X.ControlMask,
    "alt": X.Mod1Mask,
    "shift": X.ShiftMask,
    "super": X.Mod4Mask,
}
_ALL = X.ControlMask | X.Mod1Mask | X.ShiftMask | X.Mod4Mask

#: A hotkey is one also while caps lock or num lock is on.
_LOCKS = [first | second for first, second in itertools.product((0, X.LockMask), (0, X.Mod2Mask))]


class X11Hotkeys:
    """Hotkeys over a connection to the X server, which one thread alone uses.

    Args:
        actions: What each hotkey does.

    Raises:
        HotkeyError: There is no such key, another program has it, or no display.
    """

    bound = None

    def __init__(self, actions: Mapping[Hotkey, Callable[[], None]]) -> None:
        try:
            self._display = Display()
        except (DisplayError, OSError) as error:
            raise HotkeyError(
                LazyText("there is no display for hotkeys: {error}", error=error)
            ) from error
        self._reading, self._writing = os.pipe()
        self._actions: dict[tuple[int, int], Callable[[], None]] = {}
        try:
            for hotkey, action in actions.items():
                self._actions[self._grab(hotkey)] = action
        except HotkeyError:
            self._release()
            raise
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let other programs have them."""
        os.write(self._writing, b"\0")
        self._thread.join()
        self._release()

    def _grab(self, hotkey: Hotkey) -> tuple[int, int]:
        name = hotkey.key.upper() if len(hotkey.key) > 1 else hotkey.key
        code = self._display.keysym_to_keycode(XK.string_to_keysym(name))
        if not code:
            raise HotkeyError(LazyText("this keyboard has no key {key}", key=hotkey.key))
        mask = sum(_MASKS[modifier] for modifier in hotkey.modifiers)
        root, refused = self._display.screen().root, CatchError(BadAccess)
        for lock in _LOCKS:
            modes = (X.GrabModeAsync, X.GrabModeAsync)
            root.grab_key(code, mask | lock, True, *modes, onerror=refused)
        self._display.sync()
        if refused.get_error() is not None:
            raise HotkeyError(
                LazyText(
                    "another program already uses the hotkey {hotkey}: choose another one",
                    hotkey=hotkey,
                )
            )
        return code, mask

    def _listen(self) -> None:
        connection = self._display.fileno()
        while True:
            while self._display.pending_events():
                event = self._display.next_event()
                if event.type == X.KeyPress:
                    action = self._actions.get((event.detail, event.state & _ALL))
                    if action is not None:
                        action()
            ready, _, _ = select.select([connection, self._reading], [], [])
            if self._reading in ready:
                return

    def _release(self) -> None:
        self._display.close()
        os.close(self._reading)
        os.close(self._writing)
