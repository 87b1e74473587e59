"""Listeners are told after every change, and harm nobody."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import PATIENCE_S, until


def test_they_are_called_after_every_change_and_at_the_end(make_app: MakeApp) -> None:
    with make_app() as app:
        seen: list[tuple[str, bool, str, bool]] = []
        app.subscribe(
            lambda: seen.append(
                (app.status().mode, app.status().paused, app.settings.theme, app.stopped)
            )
        )
        app.set_mode("off")
        until(lambda: seen and seen[-1][0] == "off", "news of the mode")
        app.pause()
        until(lambda: seen[-1][1], "news of the pause")
        app.change(theme="light")
        until(lambda: seen[-1][2] == "light", "news of the theme")
        app.stop()
        until(lambda: seen[-1][3], "news of the end")


def test_a_problem_is_news(make_app: MakeApp, camera: CameraBackend) -> None:
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        problems: list[dict[Any, str]] = []
        app.subscribe(lambda: problems.append(dict(app.status().problems)))
        camera.fail_send = "unplugged"
        until(lambda: problems and "output" in problems[-1], "news of the problem")
        camera.fail_send = None
        until(lambda: problems[-1] == {}, "news of its end")


def test_one_that_fails_or_is_slow_harms_nobody(make_app: MakeApp, camera: CameraBackend) -> None:
    release, called = threading.Event(), threading.Event()

    def slow() -> None:
        release.wait(30)

    def wrong() -> None:
        raise RuntimeError("oops")

    with make_app() as app:
        for listener in (wrong, slow, called.set):
            app.subscribe(listener)
        app.set_mode("on-air")
        sent = len(camera.times)
        until(lambda: len(camera.times) > sent + 5, "video meanwhile")
        release.set()
        assert called.wait(PATIENCE_S)


def test_they_are_called_in_a_thread_of_their_own(make_app: MakeApp) -> None:
    callers: list[threading.Thread] = []
    with make_app() as app:
        app.subscribe(lambda: callers.append(threading.current_thread()))
        app.pause()
        until(lambda: callers, "a call")
        assert callers[0] is not threading.current_thread()


def test_the_end_is_told_even_if_a_listener_is_at_work_when_it_comes(make_app: MakeApp) -> None:
    at_work, release = threading.Event(), threading.Event()
    seen: list[bool] = []

    def listen() -> None:
        seen.append(app.stopped)
        at_work.set()
        release.wait(30)

    with make_app() as app:
        app.subscribe(listen)
        app.pause()
        assert at_work.wait(PATIENCE_S)
        app.stop()
        release.set()
        until(lambda: seen[-1], "the end is told")
    calls = len(seen)
    app.set_mode("off")
    assert len(seen) == calls, "and it is the last that is told"


def test_one_that_fails_is_in_the_log(make_app: MakeApp, caplog: pytest.LogCaptureFixture) -> None:
    def wrong() -> None:
        raise RuntimeError("oops")

    with make_app() as app:
        app.subscribe(wrong)
        app.pause()
        until(lambda: "oops" in caplog.text, "the traceback")


def test_one_may_close_the_application(make_app: MakeApp) -> None:
    closed = threading.Event()

    def close() -> None:
        app.close()
        closed.set()

    with make_app() as app:
        app.subscribe(close)
        app.pause()
        assert closed.wait(PATIENCE_S)


def test_one_may_control_the_application(make_app: MakeApp) -> None:
    with make_app() as app:
        app.subscribe(app.stop)
        app.set_mode("off")
        assert app.wait(PATIENCE_S)
