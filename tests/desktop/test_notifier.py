"""Notifications over a real session bus, to a program that shows them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from tests.waiting import PATIENCE_S

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the session bus is Linux's"),
]

if sys.platform == "linux":
    from overlay.desktop.notifier import Notifier
    from overlay.desktop.session_bus import BusError, SessionBus
    from tests.desktop.bus import NotificationServer, session_bus


@pytest.fixture
def address(monkeypatch) -> Iterator[str]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def server(address, tmp_path) -> Iterator[NotificationServer]:
    with NotificationServer(address, tmp_path / "shown", clicks="Open report") as server:
        yield server


@pytest.fixture
def notifier(server) -> Iterator[Notifier]:
    with SessionBus() as bus:
        yield Notifier(bus)


def test_a_notification_is_shown_as_plain_text(notifier, server):
    notifier.show("camera", "Camera", "<b>1 & 2</b>")
    (shown,) = server.shown
    assert shown == {
        "number": 1,
        "title": "Camera",
        "text": "&lt;b&gt;1 &amp; 2&lt;/b&gt;",
        "actions": [],
        "passes": True,
    }


def test_one_that_is_still_worth_reading_later_stays(notifier, server):
    notifier.show("recording", "Your recording has ended", "", stays=True)
    assert server.shown[0]["passes"] is False


def test_the_next_about_the_same_takes_its_place(notifier, server):
    for about in ("camera", "air", "camera"):
        notifier.show(about, about, "")
    assert [shown["number"] for shown in server.shown] == [1, 2, 1]


def test_its_button_does_what_it_says(notifier):
    clicked = threading.Event()
    notifier.show("recording", "Your recording has ended", "", [("Open report", clicked.set)])
    assert clicked.wait(PATIENCE_S)


def test_a_desktop_that_shows_no_notifications_is_an_error_of_one_line(address):
    with SessionBus() as bus, pytest.raises(BusError, match=r"org\.freedesktop\.Notifications"):
        Notifier(bus).show("camera", "Camera", "")


def test_without_a_session_bus_that_is_said(monkeypatch, tmp_path):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(BusError, match="no session bus"):
        SessionBus()


def test_a_bus_that_does_not_answer_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    with pytest.raises(BusError):
        SessionBus()


def test_a_bus_that_ends_is_an_error_of_the_next_call(monkeypatch):
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        bus = SessionBus()
    with bus, pytest.raises(BusError):
        bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")
