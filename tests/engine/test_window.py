"""The private window opens, closes and mirrors while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import repeat

import numpy as np

from overlay.errors import OutputError
from overlay.outputs.base import Output
from overlay.scene import Image
from overlay.settings import Settings
from overlay.sources.base import Source
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Script, Window, is_plain, picture, plain_source
from tests.waiting import PATIENCE_S, until


def test_it_opens_and_closes_again_and_again(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    opened: list[Window] = []

    def window() -> Output:
        opened.append(Window())
        return opened[-1]

    with make_engine(mode="only-me", source=plain_source) as engine:
        for number in range(3):
            engine.update(open_window=lambda _: window())
            until(lambda: engine.status().window == "window", "the window")
            until(lambda n=number: opened[n].shown is not None, "a picture in it")
            engine.update(open_window=None)
            until(lambda n=number: opened[n].gone, "the window closed")
            assert engine.status().window is None
            assert not engine.window_closed
    status = engine.status()
    assert status.frames_out - status.placeholders == status.frames_in


def test_no_frame_waits_for_a_window_that_opens_slowly(make_engine: MakeEngine) -> None:
    release = threading.Event()

    def window() -> Output:
        release.wait(30)
        return Window()

    with make_engine(mode="only-me", source=plain_source) as engine:
        engine.update(open_window=lambda _: window())
        sent = engine.status().frames_out
        until(lambda: engine.status().frames_out > sent + 10, "more video")
        assert engine.status().window is None
        release.set()
        until(lambda: engine.status().window, "the window")


def test_a_window_hidden_while_it_opens_does_not_stay(make_engine: MakeEngine) -> None:
    opening, release = threading.Event(), threading.Event()
    window = Window()

    def slow() -> Output:
        opening.set()
        release.wait(30)
        return window

    with make_engine(mode="only-me", source=plain_source) as engine:
        engine.update(open_window=lambda _: slow())
        assert opening.wait(PATIENCE_S)
        engine.update(open_window=None)
        release.set()
        until(lambda: window.gone, "the window closed")
        assert engine.status().window is None


def test_hiding_and_showing_it_at_once_makes_a_new_one(make_engine: MakeEngine) -> None:
    opened: list[Window] = []

    def window(settings: Settings) -> Output:
        opened.append(Window())
        return opened[-1]

    with make_engine(mode="only-me", source=plain_source) as engine:
        engine.update(open_window=window)
        until(lambda: engine.status().window, "the window")
        engine.update(open_window=window)
        engine.update(open_window=None)
        engine.update(open_window=partial(window))
        until(lambda: len(opened) == 2 and opened[1].shown is not None, "another window")
        assert opened[0].gone


def test_perception_sleeps_when_the_user_closes_the_window(make_engine: MakeEngine) -> None:
    window, perception = Window(), OneHappyFace()
    news = threading.Event()
    with make_engine(
        mode="only-me", window=lambda: window, perception=lambda: perception, changed=news.set
    ) as engine:
        until(lambda: perception.perceived > 1, "perception")
        news.clear()
        window.gone = True
        assert news.wait(PATIENCE_S)
        until(lambda: engine.status().window is None, "the window noticed as closed")
        assert engine.window_closed
        asleep = perception.perceived
        sent = engine.status().frames_out
        until(lambda: engine.status().frames_out > sent + 15, "more video")
        assert perception.perceived <= asleep + 1
        engine.update(open_window=lambda _: Window())
        until(lambda: perception.perceived > asleep + 1, "perception awake")


def test_no_faces_are_read_and_no_pictures_drawn_for_a_minimized_window(
    make_engine: MakeEngine,
) -> None:
    window, perception = Window(), OneHappyFace()
    with make_engine(mode="only-me", window=lambda: window, perception=lambda: perception) as e:
        until(lambda: perception.perceived > 1 and window.sent > 1, "labels in the window")
        window.minimized = True
        until(lambda: not e.desired.needs_perception, "nobody sees it")
        read, sent, out = perception.perceived, window.sent, e.status().frames_out
        until(lambda: e.status().frames_out > out + 15, "more video")
        assert perception.perceived <= read + 1
        assert window.sent == sent
        assert e.status().window == "window"
        window.minimized = False
        until(lambda: perception.perceived > read + 1 and window.sent > sent, "labels again")


def test_a_window_that_is_seen_again_shows_the_camera_at_once(make_engine: MakeEngine) -> None:
    class Noting(Window):
        def __init__(self) -> None:
            super().__init__()
            self.shows_camera: list[bool] = []

        def send(self, image: Image) -> None:
            super().send(image)
            self.shows_camera.append(is_plain(image, 90))

    window = Noting()
    with make_engine(mode="off", source=plain_source, window=lambda: window) as engine:
        until(lambda: any(window.shows_camera), "pictures")
        window.minimized = True
        until(lambda: engine.desired.window_unseen, "nobody sees it")
        window.shows_camera.clear()
        window.minimized = False
        until(lambda: window.shows_camera, "a picture")
    assert all(window.shows_camera)


def test_another_window_is_seen_until_it_says_otherwise(make_engine: MakeEngine) -> None:
    window = Window()
    window.minimized = True
    with make_engine(mode="only-me", source=plain_source, window=lambda: window) as engine:
        until(lambda: engine.desired.window_unseen, "nobody sees it")
        engine.update(open_window=None)
        until(lambda: not engine.desired.window_unseen, "the window closed")


def test_a_window_that_cannot_be_opened_is_a_problem_and_no_more(make_engine: MakeEngine) -> None:
    def window() -> Output:
        raise OutputError("no display")

    with make_engine(mode="only-me", source=plain_source) as engine:
        engine.update(open_window=lambda _: window())
        until(lambda: engine.status().problems.get("window") == "no display", "the problem")
        engine.update(open_window=lambda _: Window())
        until(lambda: engine.status().window, "the window")
        assert not engine.status().problems


def test_it_says_the_mode_and_the_rate(make_engine: MakeEngine) -> None:
    window = Window()
    with make_engine(mode="only-me", source=plain_source, window=lambda: window) as engine:
        until(lambda: window.description.startswith("Only me, "), "the mode")
        until(lambda: not window.description.endswith(" 0 fps"), "the rate")
        engine.update(paused=True)
        until(lambda: window.description.startswith("Camera paused, "), "the pause")


def test_it_shows_a_mirror_image_and_the_call_does_not(
    make_engine: MakeEngine, camera: CameraBackend, half_white: Callable[[], Source]
) -> None:
    window = Window()
    with make_engine(mode="off", source=half_white, window=lambda: window) as engine:
        until(lambda: window.shown is not None and camera.frames, "pictures")
        assert window.shown is not None
        assert window.shown[:, 160:].min() == 255
        assert window.shown[:, :160].max() == 0
        assert camera.frames[-1][:, :160].min() == 255
        engine.update(mirror_window=False)
        until(lambda: window.shown[0, 0, 0] == 255, "the picture as it is")


def test_a_small_window_shows_averages_of_what_is_too_fine_for_it(make_engine: MakeEngine) -> None:
    class Small(Window):
        size = (70, 40)

    def stripes() -> Source:
        image = picture(0)
        image[:, ::2] = 200
        return Script(repeat(image))

    window = Small()
    with make_engine(mode="off", source=stripes, window=lambda: window) as engine:
        until(lambda: window.shown is not None, "a picture")
        assert engine.running
    assert window.shown is not None
    assert window.shown.shape == (40, 70, 3)
    assert window.shown.min() == window.shown.max() == 100


def test_mirrored_labels_are_drawn_for_the_mirrored_face_not_mirrored(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    """The face in the middle is its own mirror image, so both labels must be the same."""

    class Coarse(Window):
        pixel_ratio = 0.5  # the window's smallest text is no larger than the call's

    window = Coarse()
    with make_engine(source=plain_source, window=lambda: window, scale=3) as engine:
        until(lambda: engine.status().labelled > 5, "labels in the call")
        until(lambda: not is_plain(window.shown, 90), "labels in the window")
    assert not is_plain(camera.frames[-1], 90)
    assert np.array_equal(window.shown, camera.frames[-1])
    assert not np.array_equal(window.shown, window.shown[:, ::-1])
