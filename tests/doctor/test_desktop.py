"""What the desktop offers; `tests/tray` looks at real trays."""

from __future__ import annotations

import sys

import pytest

from overlay.doctor import Machine
from overlay.doctor.desktop import check_display, check_hotkeys, check_tray
from tests.linux_machine import linux_only

if sys.platform == "linux":
    from tests.desktop.portal import desktop_with_portal

pytestmark = linux_only


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_always_have_a_desktop(system):
    assert check_display(Machine(system)).state == "ok"
    assert check_tray(Machine(system)).state == "ok"
    assert check_hotkeys(Machine(system)).state == "ok"


def test_without_a_display_calls_still_work():
    assert check_display(Machine()).state == "warning"
    assert "command line" in check_display(Machine()).fix
    assert check_tray(Machine()).state == "skipped"
    assert check_hotkeys(Machine()).state == "skipped"


def test_a_display_is_named(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":7")
    assert check_display(Machine()).message.endswith("the display :7")


def test_wayland_alone_shows_windows(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    finding = check_display(Machine())
    assert finding.state == "ok"
    assert "wayland-0" in finding.message


def test_without_qt_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    finding = check_display(Machine())
    assert finding.state == "warning"
    assert "emotion-overlay[desktop]" in finding.fix
    assert "libxcb-cursor0" in finding.fix


@pytest.mark.parametrize(
    ("xdg_desktop", "fix"),
    [("ubuntu:GNOME", "gnome-shell-extension-appindicator"), ("i3", "notification area")],
)
def test_a_desktop_without_a_tray_says_how_to_get_one(monkeypatch, xdg_desktop, fix):
    monkeypatch.setenv("DISPLAY", ":9999")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", xdg_desktop)
    finding = check_tray(Machine())
    assert finding.state == "warning"
    assert fix in finding.fix
    assert "command line" in finding.fix


def test_x11_has_hotkeys(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":7")
    assert "X11" in check_hotkeys(Machine()).message


@pytest.mark.desktop
def test_wayland_has_hotkeys_where_there_is_a_portal(monkeypatch, tmp_path):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert "its own shortcuts can run" in check_hotkeys(Machine()).message
    with desktop_with_portal(tmp_path) as (address, _shortcuts):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert "asks you which keys" in check_hotkeys(Machine()).message
