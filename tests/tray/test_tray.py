"""The icon over a real application that reads the demo and sends nowhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from overlay.classroom.membership import Membership
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.icons import draw_icon
from overlay.tray.tray import Tray
from tests.tray import test_menu
from tests.waiting import until

app, user, recording = test_menu.app, test_menu.user, test_menu.recording


@pytest.fixture
def slow_icon(monkeypatch) -> type[Any]:
    """A kind of icon that takes its time to be shown, and something happens meanwhile."""
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    from pystray import _base

    class SlowIcon(_base.Icon):
        meanwhile: Callable[[], None]
        shown: Any = None

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self._stopped = threading.Event()

        def _run(self) -> None:
            self._mark_ready()
            self._stopped.wait()

        def _show(self) -> None:
            self._update_icon()
            type(self).meanwhile()
            time.sleep(0.5)

        def _update_icon(self) -> None:
            type(self).shown = self.icon
            self._icon_valid = True

        def _hide(self) -> None: ...

        def _update_menu(self) -> None: ...

        def _update_title(self) -> None: ...

        def _stop(self) -> None:
            self._stopped.set()

    return SlowIcon


class Accesses:
    """Counts the files and folders that the tray's thread opens."""

    def __init__(self) -> None:
        self.count = 0
        self.is_on = True
        sys.addaudithook(self._note)  # stays until the process ends

    def _note(self, event: str, _: object) -> None:
        if self.is_on and event in ("open", "os.listdir", "os.scandir"):
            self.count += threading.current_thread().name == "tray"


def test_an_idle_tray_leaves_the_disk_alone(app, user, recording, slow_icon, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path))
    monkeypatch.setattr("overlay.tray.tray._POLL_S", 0.01)
    slow_icon.meanwhile = staticmethod(lambda: None)
    polls: list[None] = []
    status = app.status
    monkeypatch.setattr(app, "status", lambda: polls.append(None) or status())
    news, cameras = threading.Event(), Cameras()
    actions = Actions(app, user, cameras, recording, Membership(app))
    tray = Tray(app, actions, cameras, recording, slow_icon, news)
    running = threading.Thread(target=tray.run)
    accesses = Accesses()
    running.start()
    try:
        until(lambda: len(polls) > 20)
        before, so_far = accesses.count, len(polls)
        until(lambda: len(polls) > so_far + 100)
        assert accesses.count == before
        news.set()
        until(lambda: accesses.count > before)
    finally:
        accesses.is_on = False
        app.stop()
        news.set()
        running.join()


def test_what_changes_while_the_icon_appears_is_shown_as_well(app, user, recording, slow_icon):
    news, cameras = threading.Event(), Cameras()
    app.subscribe(news.set)
    slow_icon.meanwhile = staticmethod(lambda: app.set_mode("on-air"))
    actions = Actions(app, user, cameras, recording, Membership(app))
    tray = Tray(app, actions, cameras, recording, slow_icon, news)
    running = threading.Thread(target=tray.run)
    running.start()
    try:
        until(lambda: slow_icon.shown == draw_icon("on-air"))
    finally:
        app.stop()
        running.join()
