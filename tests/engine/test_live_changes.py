"""The private window and the output change while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import pytest

from overlay.drawing import Painter
from overlay.engine import Engine
from overlay.errors import OutputError, SourceError
from overlay.outputs.base import Output
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources.base import Source
from tests.camera_backend import CameraBackend
from tests.engine.conftest import OneHappyFace
from tests.engine.test_engine import Script, Window, forever, is_plain, picture
from tests.waiting import until

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
                engine.update(open_window=lambda _: window())
                until(lambda: engine.status().window == "window", "the window")
                until(lambda n=number: opened[n].shown is not None, "a picture in it")
                engine.update(open_window=None)
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
            engine.update(open_window=lambda _: window())
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
            engine.update(open_window=lambda _: slow())
            assert opening.wait(20)
            engine.update(open_window=None)
            release.set()
            until(lambda: window.gone, "the window closed")
            assert engine.status().window is None

    def test_hiding_and_showing_it_at_once_makes_a_new_one(self, make_engine: MakeEngine) -> None:
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
            engine.update(open_window=lambda _: Window())
            until(lambda: perception.perceived > asleep + 1, "perception awake")

    def test_a_window_that_cannot_be_opened_is_a_problem_and_no_more(
        self, make_engine: MakeEngine
    ) -> None:
        def window() -> Output:
            raise OutputError("no display")

        with make_engine(mode="only-me", source=plain_source) as engine:
            engine.update(open_window=lambda _: window())
            until(lambda: engine.status().problems.get("window") == "no display", "the problem")
            engine.update(open_window=lambda _: Window())
            until(lambda: engine.status().window, "the window")
            assert not engine.status().problems

    def test_it_says_the_mode_and_the_rate(self, make_engine: MakeEngine) -> None:
        window = Window()
        with make_engine(mode="only-me", source=plain_source, window=lambda: window) as engine:
            until(lambda: window.description.startswith("Only me, "), "the mode")
            until(lambda: not window.description.endswith(" 0 fps"), "the rate")
            engine.update(paused=True)
            until(lambda: window.description.startswith("Camera paused, "), "the pause")

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
            engine.update(mirror_window=False)
            until(lambda: window.shown[0, 0, 0] == 255, "the picture as it is")

    def test_a_small_window_shows_averages_of_what_is_too_fine_for_it(
        self, make_engine: MakeEngine
    ) -> None:
        class Small(Window):
            view = (70, 40)

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
        self, make_engine: MakeEngine, camera: CameraBackend
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


class TestOutput:
    def test_it_can_be_changed_while_running(self, make_engine: MakeEngine) -> None:
        one, other = Recorder(), Recorder()
        with make_engine(mode="off", source=plain_source, output=lambda: one) as engine:
            until(lambda: one.frames > 5, "video")
            engine.update(open_output=lambda _: other)
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
            engine.update(open_output=lambda _: second_time())
            until(lambda: engine.status().problems.get("output") == "busy", "the problem")
            until(lambda: not engine.status().problems, "the output")


class TestSizeAndRate:
    """They change in place: no frame of another size is sent, and only what must be is reopened."""

    def test_another_size_opens_source_output_and_window_anew(
        self, make_engine: MakeEngine
    ) -> None:
        sizes: dict[str, list[tuple[int, int]]] = {"source": [], "output": [], "window": []}
        outputs: list[Sized] = []

        def source(settings: Settings) -> Source:
            sizes["source"].append(settings.size)
            return plain_source()

        def output(settings: Settings) -> Output:
            sizes["output"].append(settings.size)
            outputs.append(Sized(settings.size))
            return outputs[-1]

        def window(settings: Settings) -> Output:
            sizes["window"].append(settings.size)
            outputs.append(Sized(settings.size))
            return outputs[-1]

        engine = make_engine(mode="on-air")
        engine.update(open_source=source, open_output=output, open_window=window)
        with engine:
            until(lambda: engine.status().labelled > 3, "labels")
            engine.update(width=640, height=360)
            until(lambda: len(outputs) == 4, "all opened anew")
            labelled = engine.status().labelled
            until(lambda: engine.status().labelled > labelled + 3, "labels again")
            until(lambda: outputs[2].frames and outputs[3].frames, "pictures of the other size")
            assert not engine.status().problems
            assert (engine.status().width, engine.status().height) == (640, 360)
        assert all(seen == [(320, 180), (640, 360)] for seen in sizes.values())
        assert all(each.gone for each in outputs)

    @pytest.mark.parametrize(
        ("change", "sources"), [({"fit": "letterbox", "perception_hz": 5}, 1), ({"fps": 20}, 2)]
    )
    def test_the_output_is_kept_whatever_else_changes(
        self, make_engine: MakeEngine, camera: CameraBackend, change: dict[str, Any], sources: int
    ) -> None:
        opened: list[Source] = []

        def source() -> Source:
            opened.append(plain_source())
            return opened[-1]

        with make_engine(source=source) as engine:
            until(lambda: engine.status().frames_out > 3, "video")
            engine.update(**change)
            until(lambda: len(opened) == sources, "the source")
            before = engine.status().frames_in
            until(lambda: engine.status().frames_in > before + 3, "video again")
        assert len(opened) == sources
        assert camera.opened == 1

    def test_the_picture_is_turned_in_place(
        self, make_engine: MakeEngine, camera: CameraBackend, half_white: Callable[[], Source]
    ) -> None:
        opened: list[Source] = []

        def source() -> Source:
            opened.append(half_white())
            return opened[-1]

        def is_white(left: bool, right: bool) -> bool:
            row = camera.frames[-1][90]
            return bool(row[10, 0] == 255) == left and bool(row[-10, 0] == 255) == right

        with make_engine(source=source, mode="off", fit="crop") as engine:
            until(lambda: camera.frames and is_white(left=True, right=False), "as it comes")
            engine.update(flip=True)
            until(lambda: is_white(left=False, right=True), "flipped")
            assert engine.status().source == "script, flipped"
            engine.update(rotate=180)
            until(lambda: is_white(left=True, right=False), "and upside down")
            assert engine.status().source == "script, rotated by 180°, flipped"
            engine.update(rotate=90, flip=False)
            until(lambda: camera.frames[-1][10, :, 0].min() == 255, "on its side")
            assert camera.frames[-1][-10, :, 0].max() == 0
        assert len(opened) == 1

    def test_no_label_is_drawn_where_a_face_was_before_the_picture_was_turned(
        self, make_engine: MakeEngine
    ) -> None:
        engine = make_engine(source=plain_source)
        with engine:
            until(lambda: engine.status().labelled > 3, "labels")
            before = engine.desired.view_key
            engine.update(rotate=180)
            assert engine.desired.view_key != before
            until(lambda: engine._scenes.value.view_key == engine.desired.view_key, "a new scene")

    def test_style_changes_from_the_next_frame_on(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine(source=plain_source, boxes=False, scale=3) as engine:
            until(lambda: engine.status().labelled > 3, "labels")
            dark = camera.frames[-1]
            engine.update(theme="light")
            until(lambda: not np.array_equal(camera.frames[-1], dark), "the other theme")

    def test_after_its_end_another_source_goes_on(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine(mode="off", source=lambda: Script(iter([picture(90)] * 3))) as engine:
            assert engine.wait(20)
            assert not engine.status().running
            engine.update(open_source=lambda _: Script(forever(200)))
            assert not engine.wait(0)
            assert engine.status().running
            until(lambda: is_plain(camera.frames[-1], 200), "the other picture")


class TestRetrying:
    def test_an_engine_that_retries_begins_without_devices_and_takes_them_up(
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


class Sized(Output):
    """Takes pictures of its own size alone."""

    name = "sized"

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.frames = 0
        self.gone = False

    def send(self, image: Image) -> None:
        assert not self.gone
        assert image.shape == (self.size[1], self.size[0], 3)
        self.frames += 1

    def close(self) -> None:
        self.gone = True


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
        engine.update(mode="off")
        sent = len(camera.times)
        release.set()
        until(lambda: len(camera.times) > sent + 3, "more video")
    assert all(is_plain(frame, 90) for frame in camera.frames)


@pytest.mark.parametrize(
    "change", [{"mode": "off"}, {"paused": True}, {"open_source": lambda _: Script(forever(200))}]
)
def test_a_change_returns_when_the_frame_before_it_has_gone(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr("overlay.engine.loop.FINISH_S", 60.0)
    slow, handing, release, returned = (threading.Event() for _ in range(4))
    late: list[Image] = []

    class Handed(Recorder):
        """It takes long from the choice of a frame until it is sent."""

        @property
        def send(self) -> Callable[[Image], None]:  # type: ignore[override]
            if slow.is_set():
                handing.set()
                release.wait(60)
            return self.take

        def take(self, image: Image) -> None:
            if returned.is_set():
                late.append(image.copy())

    mode = "on-air" if "mode" in change else "off"
    with make_engine(mode=mode, source=plain_source, output=Handed) as engine:
        until(lambda: engine.status().labelled > 3 or mode == "off", "labels")
        slow.set()
        assert handing.wait(20)

        def update() -> None:
            engine.update(**change)
            returned.set()

        updating = threading.Thread(target=update)
        updating.start()
        returned.wait(0.1)  # it must not, but may not have got that far on a busy machine
        release.set()
        updating.join(20)
        until(lambda: late, "another frame")
    assert not any(is_plain(image, 90) for image in late) or "mode" in change
    assert "mode" not in change or all(is_plain(image, 90) for image in late)


class TestHiddenFaces:
    def test_a_face_loses_its_labels_and_gets_them_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine(source=plain_source) as engine:
            until(lambda: camera.frames and not is_plain(camera.frames[-1], 90), "labels")
            engine.toggle_face_at(0.1, 0.1)  # nobody is there
            assert not engine.desired.hidden_faces
            engine.toggle_face_at(0.5, 0.5)
            assert engine.desired.hidden_faces == {1}
            sent = engine.status().labelled
            until(lambda: engine.status().labelled > sent + 2, "pictures without its label")
            height, width = camera.frames[-1].shape[:2]
            middle = slice(height // 4, height * 3 // 4), slice(width // 4, width * 3 // 4)
            assert is_plain(camera.frames[-1][middle], 90)
            engine.toggle_face_at(0.5, 0.5)
            until(lambda: not is_plain(camera.frames[-1][middle], 90), "its label again")

    def test_while_one_is_out_of_view_whoever_comes_gets_no_labels_until_shown(
        self, make_engine: MakeEngine
    ) -> None:
        perception = InView(1, 2)
        with make_engine(source=plain_source, perception=lambda: perception) as engine:
            until(lambda: len(engine.faces()) == 2, "two faces")
            engine.toggle_face(2)
            perception.numbers = (1, 2, 3)
            until(lambda: len(engine.faces()) == 3, "somebody else comes while it is in view")
            assert engine.desired.hidden_faces == {2}
            perception.numbers = (1, 3)
            until(lambda: len(engine.faces()) == 2, "the hidden face leaves")
            perception.numbers = (1, 3, 4)
            until(lambda: len(engine.faces()) == 3, "one comes")
            assert [face.number for face in engine.faces() if face.hidden] == [4]
            engine.toggle_face(4)
            perception.numbers = (1, 3, 4, 5)
            until(lambda: len(engine.faces()) == 4, "another one comes")
            assert [face.number for face in engine.faces() if face.hidden] == [5]
            engine.show_faces()
            assert not any(face.hidden for face in engine.faces())

    def test_those_who_come_get_labels_if_nobody_is_hidden(self, make_engine: MakeEngine) -> None:
        perception = InView(1)
        with make_engine(source=plain_source, perception=lambda: perception) as engine:
            until(lambda: len(engine.faces()) == 1, "a face")
            perception.numbers = (2,)
            until(lambda: [face.number for face in engine.faces()] == [2], "another one")
            assert not engine.desired.hidden_faces


class InView(OneHappyFace):
    """Perception that sees faces of these numbers, side by side."""

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self.numbers = numbers

    def perceive(self, frame: Frame) -> Scene:
        scene = super().perceive(frame)
        (face,) = scene.faces
        width = scene.width / len(self.numbers)
        faces = tuple(
            replace(face, id=number, box=face.box._replace(x=width * place, width=width / 2))
            for place, number in enumerate(self.numbers)
        )
        return replace(scene, faces=faces)
