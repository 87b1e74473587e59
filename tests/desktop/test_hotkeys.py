"""Hotkeys: how they are written, and that a real X server sends them, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.desktop.hotkey import MODIFIERS, HotkeyAction, HotkeyError, parse_hotkey
from overlay.desktop.hotkeys import Hotkeys, open_hotkeys
from tests.e2e.desktop import Desktop
from tests.waiting import PATIENCE_S

on_x11 = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: X11 is Linux's")


@pytest.mark.parametrize(
    ("text", "written"),
    [("Ctrl+Alt+O", "ctrl+alt+o"), ("alt + ctrl + 1", "ctrl+alt+1"), ("f9", "f9")],
)
def test_a_hotkey_is_written_in_one_way(text, written):
    assert str(parse_hotkey(text)) == written


@pytest.mark.parametrize(
    "text", ["o", "shift+o", "ctrl", "ctrl+", "f25", "hyper+o", "ctrl+oo", "+"]
)
def test_what_is_typed_all_the_time_or_does_not_exist_is_none(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_hotkey(text)


@given(st.sets(st.sampled_from(MODIFIERS)), st.sampled_from(["a", "0", "f1", "f24"]))
def test_what_is_written_is_read_back(modifiers, key):
    text = "+".join([*modifiers, "ctrl", key])
    assert parse_hotkey(str(parse_hotkey(text))) == parse_hotkey(text)


@pytest.fixture
def desktop(desktop: Desktop, monkeypatch) -> Desktop:
    monkeypatch.setenv("DISPLAY", desktop.environment["DISPLAY"])
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return desktop


def open_keys(**acts: Callable[[], None]) -> Hotkeys:
    """Open hotkeys; `_` in a name stands for `+`."""
    return open_hotkeys(
        [
            HotkeyAction(name, name, parse_hotkey(name.replace("_", "+")), act)
            for name, act in acts.items()
        ]
    )


def press(desktop: Desktop, keys: str) -> None:
    subprocess.run(["xdotool", "key", keys], env=desktop.environment, check=True)


@on_x11
@pytest.mark.desktop
def test_it_works_in_any_window_with_caps_lock_too_and_nothing_else_does(desktop):
    pressed, right = threading.Event(), threading.Event()
    hotkeys = open_keys(ctrl_alt_o=pressed.set, f9=right.set)
    for keys in ("o", "ctrl+o", "ctrl+alt+shift+o", "alt+F9"):
        press(desktop, keys)
    assert not pressed.wait(0.5)
    assert not right.is_set()
    press(desktop, "Caps_Lock")
    press(desktop, "ctrl+alt+o")
    press(desktop, "F9")
    assert pressed.wait(PATIENCE_S)
    assert right.wait(PATIENCE_S)
    hotkeys.close()


@on_x11
@pytest.mark.desktop
def test_a_key_that_is_held_down_counts_once(desktop, monkeypatch):
    monkeypatch.setattr("overlay.desktop.hotkeys._HELD_S", PATIENCE_S)  # as on a fast machine
    presses: list[None] = []
    last = threading.Event()
    hotkeys = open_keys(f9=lambda: presses.append(None), f8=last.set)
    for key in ("F9", "F9", "F9", "F9", "F8"):
        press(desktop, key)
    assert last.wait(PATIENCE_S)
    hotkeys.close()
    assert len(presses) == 1


@on_x11
@pytest.mark.desktop
def test_one_that_another_program_has_is_refused_until_it_lets_go(desktop):
    first = open_keys(ctrl_alt_o=lambda: None)
    with pytest.raises(HotkeyError, match=r"another program already uses the hotkey ctrl\+alt\+o"):
        open_keys(ctrl_alt_o=lambda: None)
    first.close()
    open_keys(ctrl_alt_o=lambda: None).close()
