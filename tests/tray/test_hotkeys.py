"""Hotkeys follow the settings; what cannot be had is said once."""

from __future__ import annotations

import pytest

from overlay.desktop.hotkey import HotkeyError
from overlay.errors import SettingsError
from overlay.tray import hotkeys as module
from overlay.tray.hotkeys import HotkeySettings
from tests.tray import test_menu
from tests.waiting import until

app, user = test_menu.app, test_menu.user


class Keys:
    """The hotkeys of a system."""

    def __init__(self) -> None:
        self.bound: dict[str, str] | None = None
        self.held: list[str] = []
        self.refuses = False

    def open(self, actions):
        if self.refuses:
            raise HotkeyError("another program has it")
        self.held = sorted(str(action.hotkey) for action in actions)
        return self

    def close(self) -> None:
        self.held = []


@pytest.fixture
def keys(monkeypatch) -> Keys:
    keys = Keys()
    monkeypatch.setattr(module, "open_hotkeys", keys.open)
    return keys


@pytest.fixture
def settings(app, user) -> HotkeySettings:
    names = ("hotkey_on_air", "hotkey_panic", "hotkey_mark")
    settings = HotkeySettings(app, user, dict.fromkeys(names, lambda: None))
    app.subscribe(settings.follow)
    return settings


def test_there_are_none_at_first(settings, keys):
    settings.follow()
    assert keys.held == []


def test_they_follow_the_settings_at_once_and_end_with_the_application(app, settings, keys):
    app.change(hotkey_on_air="Ctrl+Alt+O", hotkey_panic="f9")
    until(lambda: keys.held == ["ctrl+alt+o", "f9"])
    app.change(hotkey_on_air="")
    until(lambda: keys.held == ["f9"])
    settings.close()
    assert keys.held == []


def test_one_that_cannot_be_had_is_said_once(app, settings, keys, user):
    keys.refuses = True
    app.change(hotkey_panic="f9")
    until(lambda: bool(user.told))
    app.set_mode("off")
    settings.follow()
    assert user.told == ["another program has it"]


def test_why_one_cannot_be_had_stays_beside_the_setting_until_it_can(app, settings, keys):
    keys.refuses = True
    app.change(hotkey_panic="f9")
    until(lambda: settings.describe() == {"notes": {"hotkey_panic": "another program has it"}})
    keys.refuses = False
    app.change(hotkey_panic="f8")
    until(lambda: settings.describe() == {"notes": {}})


def test_the_keys_that_the_desktop_has_bound_are_said_beside_the_setting(app, settings, keys):
    keys.bound = {"hotkey_panic": "Press Ctrl+P", "hotkey_mark": ""}
    app.change(hotkey_panic="f9", hotkey_mark="f8")
    notes = until(lambda: settings.describe()["notes"])
    assert notes["hotkey_panic"].startswith("Your desktop has set this to: Press Ctrl+P.")
    assert notes["hotkey_mark"].startswith("Your desktop names no keys for this")


def test_what_is_no_hotkey_is_refused_with_an_example(app):
    with pytest.raises(SettingsError, match="must be a hotkey such as ctrl"):
        app.change(hotkey_mark="o")
