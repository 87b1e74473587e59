"""Starting, stopping and closing, in any order."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import PATIENCE_S, until


def test_start_stop_and_close_may_come_in_any_order_and_number(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    app = make_app()
    app.start()
    app.start()
    app.stop()
    app.close()
    app.close()
    app.start()
    assert app.wait(0)
    assert not app.status().running
    assert not camera.is_open
    make_app().close()


def test_one_that_was_stopped_before_never_opens_anything(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    app = make_app()
    app.stop()
    with app:
        assert app.wait(PATIENCE_S)
    assert camera.opened == 0


def test_waiting_has_an_end(make_app: MakeApp) -> None:
    with make_app() as app:
        assert not app.wait(0.05)


def test_changes_from_many_threads_at_once_leave_it_running(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    with make_app() as app:
        steps: list[Callable[[], object]] = [
            lambda: app.change(theme="light", source="demo:2"),
            lambda: app.change(width=400),
            lambda: app.change(theme="dark", source="demo", width=320),
            app.toggle,
            app.pause,
            app.status,
        ]
        threads = [
            threading.Thread(target=lambda s=step: [s() for _ in range(4)]) for step in steps
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        app.resume()
        seen = app.status().frames_in
        until(lambda: app.status().frames_in > seen + 3, "video after it all")
        assert app.status().width == app.settings.width
