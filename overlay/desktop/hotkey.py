"""A hotkey, such as `ctrl+alt+o`: how it is written, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from overlay.errors import OverlayError

MODIFIERS = ("ctrl", "alt", "shift", "super")

_KEY = re.compile(r"[a-z0-9]|f([1-9]|1[0-9]|2[0-4])")


class HotkeyError(OverlayError):
    """A hotkey cannot be had."""


@dataclass(frozen=True, slots=True)
class Hotkey:
    """One combination of keys.

    Attributes:
        modifiers: Of `MODIFIERS`; `super` is the Windows or command key.
        key: A letter, a digit, or `f1` to `f24`.
    """

    modifiers: frozenset[str]
    key: str

    def __str__(self) -> str:
        return "+".join((*(name for name in MODIFIERS if name in self.modifiers), self.key))


@dataclass(frozen=True, slots=True)
class HotkeyAction:
    """Something that a hotkey does.

    Attributes:
        name: What a desktop that remembers hotkeys knows it by; never changes.
        title: What it does, in the user's language.
        hotkey: The keys.
        act: Does it; must not wait.
    """

    name: str
    title: str
    hotkey: Hotkey
    act: Callable[[], None]


def parse_hotkey(text: str) -> Hotkey:
    """The hotkey that is written like this, for example `ctrl+alt+o` or `f9`.

    Raises:
        ValueError: It is none; a letter or digit needs `ctrl`, `alt` or `super`.
    """
    *modifiers, key = (part.strip().casefold() for part in text.split("+"))
    hotkey = Hotkey(frozenset(modifiers), key)
    if not _KEY.fullmatch(key) or not hotkey.modifiers <= set(MODIFIERS):
        raise ValueError("not a hotkey")
    if len(key) == 1 and not hotkey.modifiers - {"shift"}:
        raise ValueError("not a hotkey")
    return hotkey
