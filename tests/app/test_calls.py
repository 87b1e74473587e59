"""Whether a program uses the virtual camera: standby, and calls that begin and end."""

from __future__ import annotations

import threading
import time

import pytest

from overlay.outputs import VirtualCamera
from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import PATIENCE_S, until


def test_the_webcam_is_off_while_no_program_looks_and_the_call_still_gets_pictures(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
    monkeypatch.setattr(VirtualCamera, "in_use", False)
    with make_app(standby_when_unused=True) as app:
        until(lambda: app.status().standby, "standby")
        before = app.status().frames_out
        until(lambda: app.status().frames_out > before + 3, "pictures all the same")
        monkeypatch.setattr(VirtualCamera, "in_use", True)
        before = app.status().frames_in
        until(lambda: app.status().frames_in > before + 3, "the webcam again")
        assert not app.status().standby
        monkeypatch.setattr(VirtualCamera, "in_use", False)
        until(lambda: app.status().standby, "standby again")
        app.change(standby_when_unused=False)
        assert not app.status().standby
    assert camera.opened == 1


def test_the_webcam_stays_on_where_nobody_can_know(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
    with make_app(standby_when_unused=True) as app:
        until(lambda: app.status().frames_in > 30, "a second of video")
        assert not app.status().standby


def test_a_call_that_begins_and_ends_is_noticed_with_the_webcam_on_all_the_time(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
    monkeypatch.setattr("overlay.standby._POLL_S", 0.1)
    monkeypatch.setattr(VirtualCamera, "in_use", True)
    with make_app() as app:
        told = threading.Event()
        app.subscribe(told.set)
        until(lambda: app.status().frames_in > 5, "video")
        assert not app.in_call, "it was not seen to begin"
        monkeypatch.setattr(VirtualCamera, "in_use", False)
        time.sleep(1)
        told.clear()
        monkeypatch.setattr(VirtualCamera, "in_use", True)
        until(lambda: app.in_call, "a call")
        assert told.wait(PATIENCE_S)
        monkeypatch.setattr(VirtualCamera, "in_use", False)
        until(lambda: not app.in_call, "no call")
        assert not app.status().standby


def test_nobody_asks_for_calls_where_no_offers_are_wanted(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
    monkeypatch.setattr("overlay.standby._POLL_S", 0.1)
    with make_app(offer_in_calls=False) as app:
        monkeypatch.setattr(VirtualCamera, "in_use", False)
        time.sleep(1)
        monkeypatch.setattr(VirtualCamera, "in_use", True)
        time.sleep(1.5)
        assert not app.in_call
