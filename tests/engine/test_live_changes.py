"""Source, output, size and style change while the call's video goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from overlay.drawing import Painter
from overlay.errors import OutputError, SourceError
from overlay.outputs.base import Output
from overlay.scene import Image, Scene
from overlay.settings import Settings
from overlay.sources.base import Source
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine
from tests.engine.devices import Recorder, Script, forever, is_plain, picture, plain_source
from tests.waiting import PATIENCE_S, until


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
            assert engine.wait(PATIENCE_S)
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
            assert engine.wait(PATIENCE_S)
            assert news.wait(PATIENCE_S)


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
        assert painting.wait(PATIENCE_S)
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
        assert handing.wait(PATIENCE_S)

        def update() -> None:
            engine.update(**change)
            returned.set()

        updating = threading.Thread(target=update)
        updating.start()
        returned.wait(0.1)  # it must not, but may not have got that far on a busy machine
        release.set()
        updating.join(PATIENCE_S)
        until(lambda: late, "another frame")
    assert not any(is_plain(image, 90) for image in late) or "mode" in change
    assert "mode" not in change or all(is_plain(image, 90) for image in late)
