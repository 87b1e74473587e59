"""One running instance: commands and settings take effect at once, whatever the devices do."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from overlay.app import App
from overlay.errors import OutputError, SettingsError, SourceError
from overlay.outputs import VirtualCamera
from overlay.settings import Settings, make_settings
from overlay.settings.file import SettingsFile
from tests.camera_backend import CameraBackend, registered
from tests.waiting import until

DEFAULTS: dict[str, Any] = {
    "source": "demo",
    "output": "virtual:backend=test",
    "width": 320,
    "height": 180,
    "window": False,
}

MakeApp = Callable[..., App]


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    with registered(CameraBackend(limit=30)) as backend:
        yield backend


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


@pytest.fixture
def make_app(camera: CameraBackend, file: SettingsFile) -> Iterator[MakeApp]:
    """Build applications, not started; they are closed when the test ends."""
    with ExitStack() as stack:

        def make(*, retry_open: bool = True, loop: bool = True, **values: Any) -> App:
            settings = make_settings(**{**DEFAULTS, **values})
            app = App(settings, file=file, retry_open=retry_open, loop=loop)
            stack.callback(app.close)
            return app

        yield make


class TestCommands:
    def test_toggle_goes_back_to_the_mode_before(self, make_app: MakeApp) -> None:
        app = make_app(mode="off")
        modes = []
        for _ in range(3):
            app.toggle()
            modes.append(app.status().mode)
        app.panic()
        app.set_mode("only-me")
        app.toggle()
        app.toggle()
        assert modes == ["on-air", "off", "on-air"]
        assert app.status().mode == app.settings.mode == "only-me"

    def test_what_is_said_before_the_start_holds_after_it(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        app = make_app()
        app.set_mode("on-air")
        app.pause()
        app.start()
        until(lambda: app.status().placeholders > 0, "the pause picture")
        assert app.status().paused
        assert app.status().mode == "on-air"
        assert app.status().frames_in == 0

    def test_the_mode_is_not_saved_so_the_next_start_is_as_quiet(
        self, make_app: MakeApp, file: SettingsFile
    ) -> None:
        make_app().set_mode("on-air")
        assert not file.path.exists()

    def test_a_wrong_mode_is_refused(self, make_app: MakeApp) -> None:
        app = make_app()
        with pytest.raises(SettingsError, match="mode"):
            app.set_mode("loud")  # type: ignore[arg-type]
        assert app.status().mode == "only-me"


class TestStandby:
    def test_the_webcam_is_off_while_no_program_looks_and_the_call_still_gets_pictures(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
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

    def test_it_does_not_where_nobody_can_know(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
        with make_app(standby_when_unused=True) as app:
            until(lambda: app.status().frames_in > 30, "a second of video")
            assert not app.status().standby

    def test_a_call_that_begins_and_ends_is_noticed_with_the_webcam_on_all_the_time(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
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
            assert told.wait(5)
            monkeypatch.setattr(VirtualCamera, "in_use", False)
            until(lambda: not app.in_call, "no call")
            assert not app.status().standby

    def test_nobody_asks_for_calls_where_no_offers_are_wanted(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.1)
        monkeypatch.setattr("overlay.standby._POLL_S", 0.1)
        with make_app(offer_in_calls=False) as app:
            monkeypatch.setattr(VirtualCamera, "in_use", False)
            time.sleep(1)
            monkeypatch.setattr(VirtualCamera, "in_use", True)
            time.sleep(1.5)
            assert not app.in_call


class TestChanges:
    def test_they_reach_the_running_call_and_the_file(
        self, make_app: MakeApp, camera: CameraBackend, file: SettingsFile
    ) -> None:
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            app.change(source="demo:4", theme="light")
            until(lambda: app.status().source == "demo, 4 faces", "the other source")
            assert camera.opened == 1, "the call kept its camera"
            assert app.settings.theme == "light"
        assert file.load().values == {"source": "demo:4", "theme": "light"}

    def test_another_size_makes_another_camera_and_keeps_mode_and_pause(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            app.set_mode("on-air")
            app.pause()
            app.change(width=640, height=360)
            until(lambda: camera.frames[-1].shape == (360, 640, 3), "frames of the new size")
            assert app.status().mode == "on-air"
            assert app.status().paused
            assert not app.wait(0), "another engine is no end"
            app.resume()
            until(lambda: app.status().frames_in > 3, "video")

    def test_whatever_else_changes_the_call_keeps_its_camera(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            app.change(fit="letterbox", perception_hz=5)
            app.change(fps=20)
            before = app.status().frames_out
            until(lambda: app.status().frames_out > before + 3, "video again")
            assert camera.opened == 1

    def test_the_size_stays_while_a_program_watches(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(VirtualCamera, "in_use", True)
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            with pytest.raises(SettingsError, match="turn the camera off in the call"):
                app.change(width=640, height=360)
            assert app.settings.width == 320

    def test_another_output_takes_over(self, make_app: MakeApp, camera: CameraBackend) -> None:
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            app.change(output="none")
            until(lambda: app.status().output == "none", "the other output")
            assert not camera.is_open
            app.change(output="virtual:backend=test")
            until(lambda: camera.opened == 2, "the camera again")

    @pytest.mark.parametrize(
        "values",
        [{"them": "light"}, {"theme": "pink"}, {"language": "tlh"}, {"scale": 9, "theme": "light"}],
    )
    def test_a_wrong_one_changes_nothing(
        self, make_app: MakeApp, file: SettingsFile, values: dict[str, Any]
    ) -> None:
        with make_app() as app:
            before = app.settings
            with pytest.raises(SettingsError):
                app.change(**values)
            assert app.settings == before
        assert not file.path.exists()

    def test_the_settings_file_is_there_when_asked_for(
        self, make_app: MakeApp, file: SettingsFile
    ) -> None:
        assert make_app().settings_path() == file.path
        assert "# theme = " in file.path.read_text()

    def test_without_a_file_nothing_is_saved(self, camera: CameraBackend) -> None:
        app = App(Settings())
        app.change(theme="light")
        assert app.settings.theme == "light"
        with pytest.raises(SettingsError, match="no settings file"):
            app.settings_path()


class TestDevices:
    def test_what_is_missing_is_a_problem_until_it_is_there(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        camera.fail_open = "no driver"
        with make_app(source="webcam:No Such Camera") as app:
            until(lambda: len(app.status().problems) == 2, "both problems")
            assert "No Such Camera" in app.status().problems["source"]
            assert "no driver" in app.status().problems["output"]
            camera.fail_open = None
            until(lambda: app.status().placeholders > 0, "the placeholder")
            app.change(source="demo")
            until(lambda: app.status().frames_in > 3, "video")
            assert not app.status().problems

    def test_without_a_webcam_the_call_gets_the_placeholder_and_nobody_else_s_face(
        self, make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("overlay.sources.webcam.list_cameras", list)
        with make_app(source="auto", mode="on-air") as app:
            until(lambda: app.status().placeholders > 0, "the placeholder")
            assert "webcam" in app.status().problems["source"]
            assert app.status().frames_in == 0

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="PLATFORM: needs a named pipe")
    def test_a_source_that_hangs_is_named_and_another_one_can_be_chosen(
        self,
        make_app: MakeApp,
        camera: CameraBackend,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("overlay.engine.loop.OPENING_PATIENCE_S", 0.1)
        monkeypatch.setattr("overlay.engine.watchdog.CHECK_S", 0.02)
        monkeypatch.setattr("overlay.engine.engine.STOP_S", 0.5)
        pipe = tmp_path / "camera.mp4"
        os.mkfifo(pipe)
        app = make_app(source=str(pipe))
        app.start()
        until(lambda: "has not responded since" in app.status().problems.get("source", ""), "that")
        app.change(source="demo")
        until(lambda: app.status().frames_in > 3, "the demo")
        assert "was left behind" in app.status().problems["source"]
        pipe.write_bytes(b"")  # what it waited for
        until(lambda: not app.status().problems, "the end of the problem")

    def test_a_start_that_does_not_retry_says_what_is_missing(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        with pytest.raises(SourceError, match="No Such Camera"):
            make_app(retry_open=False, source="webcam:No Such Camera").start()
        camera.fail_open = "no driver"
        with pytest.raises(OutputError, match="no driver"):
            make_app(retry_open=False).start()
        assert not camera.is_open

    def test_a_file_ends_it_unless_it_loops(
        self, make_app: MakeApp, clip_path: Callable[[str], Path]
    ) -> None:
        with make_app(source=str(clip_path("smiling")), loop=False, mode="off") as app:
            assert app.wait(60)
            assert not app.stopped
            app.change(source="demo")
            assert not app.wait(0)
            until(lambda: app.status().frames_in > 3, "video from the other source")


class TestListeners:
    def test_they_are_called_after_every_change_and_at_the_end(self, make_app: MakeApp) -> None:
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

    def test_a_problem_is_news(self, make_app: MakeApp, camera: CameraBackend) -> None:
        with make_app() as app:
            until(lambda: len(camera.frames) > 3, "video")
            problems: list[dict[Any, str]] = []
            app.subscribe(lambda: problems.append(dict(app.status().problems)))
            camera.fail_send = "unplugged"
            until(lambda: problems and "output" in problems[-1], "news of the problem")
            camera.fail_send = None
            until(lambda: problems[-1] == {}, "news of its end")

    def test_one_that_fails_or_is_slow_harms_nobody(
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
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
            assert called.wait(20)

    def test_they_are_called_in_a_thread_of_their_own(self, make_app: MakeApp) -> None:
        callers: list[threading.Thread] = []
        with make_app() as app:
            app.subscribe(lambda: callers.append(threading.current_thread()))
            app.pause()
            until(lambda: callers, "a call")
            assert callers[0] is not threading.current_thread()

    def test_the_end_is_told_even_if_a_listener_is_at_work_when_it_comes(
        self, make_app: MakeApp
    ) -> None:
        at_work, release = threading.Event(), threading.Event()
        seen: list[bool] = []

        def listen() -> None:
            seen.append(app.stopped)
            at_work.set()
            release.wait(30)

        with make_app() as app:
            app.subscribe(listen)
            app.pause()
            assert at_work.wait(20)
            app.stop()
            release.set()
            until(lambda: seen[-1], "the end is told")
        calls = len(seen)
        app.set_mode("off")
        assert len(seen) == calls, "and it is the last that is told"

    def test_one_that_fails_is_in_the_log(
        self, make_app: MakeApp, caplog: pytest.LogCaptureFixture
    ) -> None:
        def wrong() -> None:
            raise RuntimeError("oops")

        with make_app() as app:
            app.subscribe(wrong)
            app.pause()
            until(lambda: "oops" in caplog.text, "the traceback")

    def test_one_may_close_the_application(self, make_app: MakeApp) -> None:
        closed = threading.Event()

        def close() -> None:
            app.close()
            closed.set()

        with make_app() as app:
            app.subscribe(close)
            app.pause()
            assert closed.wait(20)

    def test_one_may_control_the_application(self, make_app: MakeApp) -> None:
        with make_app() as app:
            app.subscribe(app.stop)
            app.set_mode("off")
            assert app.wait(20)


class TestLife:
    def test_start_stop_and_close_may_come_in_any_order_and_number(
        self, make_app: MakeApp, camera: CameraBackend
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
        self, make_app: MakeApp, camera: CameraBackend
    ) -> None:
        app = make_app()
        app.stop()
        with app:
            assert app.wait(5)
        assert camera.opened == 0

    def test_waiting_has_an_end(self, make_app: MakeApp) -> None:
        with make_app() as app:
            assert not app.wait(0.05)

    def test_changes_from_many_threads_at_once_leave_it_running(
        self, make_app: MakeApp, camera: CameraBackend
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
                thread.join(60)
                assert not thread.is_alive()
            app.resume()
            seen = app.status().frames_in
            until(lambda: app.status().frames_in > seen + 3, "video after it all")
            assert app.status().width == app.settings.width
