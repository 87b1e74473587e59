"""Hotkeys of a real xdg-desktop-portal, over a desktop that the tests play."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from overlay.desktop.hotkey import HotkeyAction, HotkeyError, parse_hotkey
from overlay.desktop.hotkeys import Hotkeys, open_hotkeys
from tests.waiting import PATIENCE_S, until

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: portals are for Linux"),
]

if sys.platform == "linux":
    from overlay.desktop.portal_hotkeys import has_portal
    from overlay.desktop.session_bus import SessionBus
    from tests.desktop.bus import session_bus
    from tests.desktop.portal import Shortcuts, desktop_with_portal


@pytest.fixture
def shortcuts(monkeypatch, tmp_path) -> Iterator[Shortcuts]:
    with desktop_with_portal(tmp_path) as (address, shortcuts):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
        yield shortcuts


class Pressed(threading.Event):
    """Notes that a hotkey was pressed; opens the hotkeys that do so."""

    def open(self, **hotkeys: str) -> Hotkeys:
        actions = [
            HotkeyAction(name, f"Title of {name}", parse_hotkey(keys), self.set)
            for name, keys in hotkeys.items()
        ]
        return open_hotkeys(actions)


@pytest.fixture
def pressed() -> Pressed:
    return Pressed()


def kill_portal() -> None:
    with SessionBus() as bus:
        dbus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        name = "org.freedesktop.portal.Desktop"
        (number,) = bus.call(*dbus, "GetConnectionUnixProcessID", "s", name)
    os.kill(number, signal.SIGKILL)


def test_the_desktop_is_asked_with_words_for_the_user_and_in_the_standards_spelling(
    shortcuts, pressed
):
    pressed.open(panic="super+shift+alt+ctrl+p", mark="f9").close()
    until(lambda: shortcuts.asked)
    assert shortcuts.asked == [[
        ("panic", {"description": "Title of panic", "preferred_trigger": "CTRL+ALT+SHIFT+LOGO+p"}),
        ("mark", {"description": "Title of mark", "preferred_trigger": "F9"}),
    ]]  # fmt: skip


@pytest.mark.parametrize("says_keys", [True, False])
def test_it_says_which_keys_it_has_bound_in_the_answer_or_later(shortcuts, pressed, says_keys):
    shortcuts.says_keys = says_keys
    hotkeys = pressed.open(mark="f9")
    until(lambda: hotkeys.bound == {"mark": "F9"})
    shortcuts.choose(mark="Press Ctrl+M")
    until(lambda: hotkeys.bound == {"mark": "Press Ctrl+M"})
    hotkeys.close()


def test_a_press_is_told_and_one_of_another_shortcut_is_not(shortcuts, pressed):
    hotkeys = pressed.open(mark="f9")
    until(lambda: hotkeys.bound)
    shortcuts.press("panic")
    assert not pressed.wait(0.5)
    shortcuts.press("mark")
    assert pressed.wait(PATIENCE_S)
    hotkeys.close()


def test_what_the_desktop_remembers_works_without_asking_the_user_again(shortcuts, pressed):
    shortcuts.remembered = {"mark": "F8", "panic": "F7"}
    hotkeys = pressed.open(mark="f9")
    assert hotkeys.bound == shortcuts.remembered
    shortcuts.press("mark")
    assert pressed.wait(PATIENCE_S)
    assert not shortcuts.asked
    hotkeys.close()


def test_the_desktop_has_them_back_at_the_end(shortcuts, pressed):
    hotkeys = pressed.open(mark="f9")
    assert len(shortcuts.sessions) == 1
    hotkeys.close()
    until(lambda: not shortcuts.sessions)
    pressed.open(mark="f8").close()


def test_where_the_user_refuses_there_are_none(shortcuts, pressed):
    shortcuts.refuses = True
    hotkeys = pressed.open(mark="f9")
    until(lambda: shortcuts.asked)
    assert hotkeys.bound == {}
    hotkeys.close()


def test_a_portal_that_was_killed_and_starts_again_gets_them_again(shortcuts, pressed):
    hotkeys = pressed.open(mark="f9")
    until(lambda: hotkeys.bound)
    kill_portal()
    until(lambda: not hotkeys.bound)
    assert has_portal()  # starts it
    until(lambda: hotkeys.bound)
    shortcuts.press("mark")
    assert pressed.wait(PATIENCE_S)
    hotkeys.close()


def test_a_desktop_without_the_portal_is_told_and_what_to_do_instead(monkeypatch, pressed):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    with session_bus({"XDG_CURRENT_DESKTOP": "none"}) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert not has_portal()
        with pytest.raises(HotkeyError, match="give a shortcut to the command"):
            pressed.open(mark="f9")
