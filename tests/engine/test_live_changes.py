"""The private window and the output change while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from overlay.drawing import Painter
from overlay.engine import Engine
from overlay.errors import OutputError, SourceError
from overlay.outputs.base import Output
from overlay.scene import Image, Scene
from overlay.settings import make_settings
from overlay.sources.base import Source
from tests.camera_backend import CameraBackend
from tests.engine.conftest import OneHappyFace
from tests.engine.test_engine import Script, Window, forever, is_plain, picture
from tests.engine.waiting import until

MakeEngine = Callable[..., Engine]


def plain_source() -> Source:
    return Script(forever(90))


@pytest.fixture
def half_white() -> Callable[[], Source]:
    image = picture(0)
    image[:, :160] = 255

    def always() -> Any:
        while True:
            yield image

    return lambda: Script(always())


class TestWindow:
    def test_it_opens_and_closes_again_and_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        opened: list[Window] = []

        def window() -> Output:
            opened.append(Window())
            return opened[-1]

        with make_engine(mode="only-me", source=plain_source) as engine:
            for number in range(3):
                engine.show_window(window)
                until(lambda: engine.status().window == "window", "the window")
                until(lambda n=number: opened[n].shown is not None, "a picture in it")
                engine.hide_window()
                until(lambda n=number: opened[n].gone, "the window closed")
                assert engine.status().window is None
                assert not engine.window_closed
        status = engine.status()
        assert status.frames_out - status.placeholders == status.frames_in

    def test_no_frame_waits_for_a_window_that_opens_slowly(self, make_engine: MakeEngine) -> None:
        release = threading.Event()

        def window() -> Output:
            release.wait(30)
            return Window()

        with make_engine(mode="only-me", source=plain_source) as engine:
            engine.show_window(window)
            sent = engine.status().frames_out
            until(lambda: engine.status().frames_out > sent + 10, "more video")
            assert engine.status().window is None
            release.set()
            until(lambda: engine.status().window, "the window")

    def test_a_window_hidden_while_it_opens_does_not_stay(self, make_engine: MakeEngine) -> None:
        opening, release = threading.Event(), threading.Event()
        window = Window()

        def slow() -> Output:
            opening.set()
            release.wait(30)
            return window

        with make_engine(mode="only-me", source=plain_source) as engine:
            engine.show_window(slow)
            assert opening.wait(20)
            engine.hide_window()
            release.set()
            until(lambda: window.gone, "the window closed")
            assert engine.status().window is None

    def test_hiding_and_showing_it_at_once_makes_a_new_one(self, make_engine: MakeEngine) -> None:
        opened: list[Window] = []

        def window() -> Output:
            opened.append(Window())
            return opened[-1]

        with make_engine(mode="only-me", source=plain_source) as engine:
            engine.show_window(window)
            until(lambda: engine.status().window, "the window")
            engine.show_window(window)
            engine.hide_window()
            engine.show_window(window)
            until(lambda: len(opened) == 2 and opened[1].shown is not None, "another window")
            assert opened[0].gone

    def test_perception_sleeps_when_the_user_closes_the_window(
        self, make_engine: MakeEngine
    ) -> None:
        window, perception = Window(), OneHappyFace()
        news = threading.Event()
        with make_engine(
            mode="only-me", window=lambda: window, perception=lambda: perception, changed=news.set
        ) as engine:
            until(lambda: perception.perceived > 1, "perception")
            news.clear()
            window.gone = True
            assert news.wait(20)
            until(lambda: engine.status().window is None, "the window noticed as closed")
            assert engine.window_closed
            asleep = perception.perceived
            sent = engine.status().frames_out
            until(lambda: engine.status().frames_out > sent + 15, "more video")
            assert perception.perceived <= asleep + 1
            engine.show_window(Window)
            until(lambda: perception.perceived > asleep + 1, "perception awake")

    def test_a_window_that_cannot_be_opened_is_a_problem_and_no_more(
        self, make_engine: MakeEngine
    ) -> None:
        def window() -> Output:
            raise OutputError("no display")

        with make_engine(mode="only-me", source=plain_source) as engine:
            engine.show_window(window)
            until(lambda: engine.status().problems.get("window") == "no display", "the problem")
            engine.show_window(Window)
            until(lambda: engine.status().window, "the window")
            assert not engine.status().problems

    def test_it_says_the_mode_and_the_rate(self, make_engine: MakeEngine) -> None:
        window = Window()
        with make_engine(mode="only-me", source=plain_source, window=lambda: window) as engine:
            until(lambda: window.description.startswith("only-me, "), "the mode")
            until(lambda: not window.description.endswith(" 0 fps"), "the rate")
            engine.pause()
            until(lambda: window.description.startswith("paused, "), "the pause")

    def test_it_shows_a_mirror_image_and_the_call_does_not(
        self, make_engine: MakeEngine, camera: CameraBackend, half_white: Callable[[], Source]
    ) -> None:
        window = Window()
        with make_engine(mode="off", source=half_white, window=lambda: window) as engine:
            until(lambda: window.shown is not None and camera.frames, "pictures")
            assert window.shown is not None
            assert window.shown[:, 160:].min() == 255
            assert window.shown[:, :160].max() == 0
            assert camera.frames[-1][:, :160].min() == 255
            engine.restyle(make_settings(width=320, height=180, mirror_window=False))
            until(lambda: window.shown[0, 0, 0] == 255, "the picture as it is")

    def test_mirrored_labels_are_drawn_for_the_mirrored_face_not_mirrored(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        """The face in the middle is its own mirror image, so both labels must be the same."""
        window = Window()
        with make_engine(source=plain_source, window=lambda: window) as engine:
            until(lambda: engine.status().labelled > 5, "labels in the call")
            until(lambda: not is_plain(window.shown, 90), "labels in the window")
        assert not is_plain(camera.frames[-1], 90)
        assert np.array_equal(window.shown, camera.frames[-1])
        assert not np.array_equal(window.shown, window.shown[:, ::-1])


class TestOutput:
    def test_it_can_be_changed_while_running(self, make_engine: MakeEngine) -> None:
        one, other = Recorder(), Recorder()
        with make_engine(mode="off", source=plain_source, output=lambda: one) as engine:
            until(lambda: one.frames > 5, "video")
            engine.set_output(lambda: other)
            until(lambda: other.frames > 5, "video in the other output")
            assert one.gone
            assert engine.status().output == "recorder"
        assert other.gone
        assert one.frames + other.frames == engine.status().frames_in

    def test_one_that_cannot_be_opened_is_tried_again(self, make_engine: MakeEngine) -> None:
        attempts: list[int] = []

        def second_time() -> Output:
            attempts.append(1)
            if len(attempts) == 1:
                raise OutputError("busy")
            return Recorder()

        with make_engine(mode="off", source=plain_source, output=Recorder) as engine:
            engine.set_output(second_time)
            until(lambda: engine.status().problems.get("output") == "busy", "the problem")
            until(lambda: not engine.status().problems, "the output")


class TestPatience:
    def test_a_patient_engine_begins_without_devices_and_takes_them_up(
        self, make_engine: MakeEngine
    ) -> None:
        there = threading.Event()

        def source() -> Source:
            if not there.is_set():
                raise SourceError("no camera")
            return plain_source()

        def output() -> Output:
            if not there.is_set():
                raise OutputError("no driver")
            return Recorder()

        with make_engine(source=source, output=output, retry_open=True) as engine:
            until(lambda: len(engine.status().problems) == 2, "both problems")
            assert engine.status().problems == {"source": "no camera", "output": "no driver"}
            there.set()
            until(lambda: engine.status().frames_out > 3, "video")
            assert not engine.status().problems

    def test_what_changes_is_told(self, make_engine: MakeEngine) -> None:
        news = threading.Event()
        source = lambda: Script(iter([picture(1)] * 3))  # noqa: E731
        with make_engine(source=source, changed=news.set) as engine:
            assert engine.wait(20)
            assert news.wait(20)


class Recorder(Output):
    """Counts frames and knows whether it was closed."""

    name = "recorder"
    size = (320, 180)

    def __init__(self) -> None:
        self.frames = 0
        self.gone = False

    def send(self, image: Image) -> None:
        assert not self.gone
        self.frames += 1

    def close(self) -> None:
        self.gone = True


def test_a_frame_that_is_being_painted_when_labels_go_off_is_sent_clean(
    make_engine: MakeEngine, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    painting, release = threading.Event(), threading.Event()
    paint = Painter.paint

    def slow_paint(self: Painter, image: Image, scene: Scene) -> None:
        paint(self, image, scene)
        painting.set()
        release.wait(30)

    monkeypatch.setattr(Painter, "paint", slow_paint)
    with make_engine(source=plain_source) as engine:
        assert painting.wait(20)
        engine.set_mode("off")
        sent = len(camera.times)
        release.set()
        until(lambda: len(camera.times) > sent + 3, "more video")
    assert all(is_plain(frame, 90) for frame in camera.frames)
