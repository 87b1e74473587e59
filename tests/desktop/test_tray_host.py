from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from overlay.desktop import tray_host
from tests.e2e.desktop import REPOSITORY

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: elsewhere there is one kind of tray"
)


def find_host(environment: dict[str, str]) -> str:
    """What is found in a process of its own, because libraries remember the display."""
    script = "from overlay.desktop.tray_host import find_host; print(find_host())"
    command = [sys.executable, "-c", script]
    return subprocess.check_output(command, env=environment, cwd=REPOSITORY, text=True).strip()


def test_without_a_display_there_is_no_tray(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    assert tray_host.find_host() is None


def test_a_display_that_does_not_answer_has_no_tray(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("PYSTRAY_BACKEND", "xorg")
    assert tray_host.find_host() is None


def test_a_display_that_closes_the_connection_has_no_tray(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{number}")
        monkeypatch.setenv("PYSTRAY_BACKEND", "xorg")
        hanging_up = threading.Thread(target=lambda: server.accept()[0].close())
        hanging_up.start()
        assert tray_host.find_host() is None
        hanging_up.join()


def test_each_desktop_gets_what_fits(desktop):
    assert find_host(desktop.environment) == "None"
    desktop.start_tint2()
    assert find_host(desktop.environment | {"PYSTRAY_BACKEND": "xorg"}) == "xorg"
    assert find_host(desktop.environment | {"PYSTRAY_BACKEND": "gtk"}) == "None"
