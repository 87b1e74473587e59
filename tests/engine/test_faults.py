"""Whatever a source, an output, a window, perception or an observer raises, the video goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from overlay.drawing import Painter
from overlay.errors import SourceLostError
from overlay.scene import Image, Scene
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Onlooker, Recorder, Script, Window, forever, is_plain, picture
from tests.waiting import PATIENCE_S, until


def jam() -> None:
    raise OSError("jammed")


class JammedScript(Script):
    """A source that cannot be closed."""

    def close(self) -> None:
        super().close()
        jam()


class JammedRecorder(Recorder):
    """An output that cannot be closed."""

    def close(self) -> None:
        super().close()
        jam()


@pytest.fixture(autouse=True)
def _no_thread_dies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    died: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    yield
    assert not died


class TestClosing:
    def test_a_lost_source_that_cannot_be_closed_is_taken_up_again(
        self, make_engine: MakeEngine
    ) -> None:
        opened: list[Script] = []

        def source() -> Script:
            lost: Iterator[Any] = iter([picture(90), SourceLostError("unplugged")])
            opened.append(JammedScript(forever(200) if opened else lost))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: engine.status().problems.get("source") == "unplugged", "the problem")
            until(lambda: len(opened) == 2 and engine.status().frames_in > 3, "the source again")
            assert not engine.status().problems

    def test_one_that_is_paused_or_exchanged_goes_on(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine(mode="off", source=lambda: JammedScript(forever(90))) as engine:
            until(lambda: len(camera.frames) > 3, "video")
            engine.update(paused=True)
            until(lambda: "jammed" in engine.status().problems.get("source", ""), "the problem")
            engine.update(paused=False)
            until(lambda: not engine.status().problems, "video again")
            engine.update(open_source=lambda _: Script(forever(200)))
            until(lambda: is_plain(camera.frames[-1], 200), "the other picture")

    def test_its_end_ends_the_engine_all_the_same(self, make_engine: MakeEngine) -> None:
        with make_engine(mode="off", source=lambda: JammedScript(iter([picture(1)]))) as engine:
            assert engine.wait(PATIENCE_S)

    def test_an_output_that_is_exchanged(self, make_engine: MakeEngine) -> None:
        other = Recorder()
        with make_engine(mode="off", output=JammedRecorder) as engine:
            until(lambda: engine.status().frames_out > 3, "video")
            engine.update(open_output=lambda _: other)
            until(lambda: other.frames > 3, "video in the other output")
            assert not engine.status().problems

    def test_at_the_end_one_that_fails_keeps_none_of_the_others_open(
        self, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        class JammedPerception(OneHappyFace):
            def close(self) -> None:
                super().close()
                jam()

        class JammedWindow(Window):
            def close(self) -> None:
                super().close()
                jam()

        source, output = JammedScript(forever(90)), JammedRecorder()
        window, perception = JammedWindow(), JammedPerception()
        with make_engine(
            source=lambda: source,
            output=lambda: output,
            window=lambda: window,
            perception=lambda: perception,
        ) as engine:
            until(lambda: engine.status().perceived > 0, "a scene")
        assert source.closed
        assert output.gone
        assert window.gone
        assert perception.closed
        rooms = sorted(record.getMessage().split(":")[0] for record in caplog.records)
        assert rooms == ["output", "perception", "source", "window"]


class TestObservers:
    def test_one_that_cannot_be_told_of_a_pause_does_not_keep_the_webcam_on(
        self, make_engine: MakeEngine
    ) -> None:
        class Deaf(Onlooker):
            def set_paused(self, paused: bool) -> None:
                jam()

        source = Script(forever(90))
        with make_engine(mode="off", source=lambda: source) as engine:
            engine.update(observer=Deaf())
            engine.update(paused=True)
            until(lambda: source.closed, "the webcam released")

    def test_one_that_cannot_be_told_of_a_pause_is_told_until_it_can(
        self, make_engine: MakeEngine
    ) -> None:
        class HardOfHearing(Onlooker):
            def set_paused(self, paused: bool) -> None:
                super().set_paused(paused)
                if len(self.pauses) < 3:
                    jam()

        onlooker = HardOfHearing()
        with make_engine(mode="off") as engine:
            engine.update(observer=onlooker)
            until(lambda: "recording" in engine.status().problems, "the problem")
            until(lambda: not engine.status().problems, "the end of the problem")
            engine.update(paused=True)
            until(lambda: onlooker.pauses == [False, False, False, True], "the pause")

    @pytest.mark.parametrize("name", ["recording", "personal", "problem"])
    def test_one_that_raises_where_it_is_asked(self, make_engine: MakeEngine, name: str) -> None:
        class Mute(Onlooker):
            def __getattribute__(self, asked: str) -> Any:
                return jam() if asked == name else super().__getattribute__(asked)

        window = Window()
        with make_engine(mode="on-air", window=lambda: window) as engine:
            engine.update(observer=Mute())
            until(lambda: "jammed" in engine.status().problems.get("recording", ""), "the problem")
            sent, labelled = engine.status().frames_out, engine.status().labelled
            until(lambda: engine.status().frames_out > sent + 5, "more video")
            until(lambda: engine.status().labelled > labelled + 5, "more labels")


def test_a_placeholder_that_cannot_be_drawn(
    make_engine: MakeEngine, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Image:
        raise KeyError("paused")

    monkeypatch.setattr(Painter, "placeholder", broken)
    with make_engine(mode="off", source=lambda: Script(forever(90))) as engine:
        engine.update(paused=True)
        until(lambda: "drawing" in engine.status().problems, "the problem")
        engine.update(paused=False)
        until(lambda: camera.frames and is_plain(camera.frames[-1], 90), "video")


def test_a_scene_that_cannot_be_moved_leaves_clean_video(
    make_engine: MakeEngine, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Scene, time_s: float) -> Scene:
        raise ZeroDivisionError

    monkeypatch.setattr(Scene, "at", broken)
    with make_engine(mode="on-air", source=lambda: Script(forever(90))) as engine:
        until(lambda: "drawing" in engine.status().problems, "the problem")
        sent = len(camera.times)
        until(lambda: len(camera.times) > sent + 5, "more video")
    assert all(is_plain(frame, 90) for frame in camera.frames)


def test_a_window_that_cannot_be_asked_whether_it_is_closed(make_engine: MakeEngine) -> None:
    class Silent(Window):
        @property
        def closed(self) -> bool:
            jam()
            return True

    with make_engine(mode="on-air", window=Silent) as engine:
        until(lambda: "window" in engine.status().problems, "the problem")
        sent = engine.status().frames_out
        until(lambda: engine.status().frames_out > sent + 5, "more video")


@pytest.mark.parametrize(
    "broken",
    [
        "capture.CaptureLoop._step",
        "presentation.PresentationLoop._present",
        "window.WindowLoop._look_after",
        "perceiving.PerceptionLoop._period_s",
        "observing.ObservingLoop._tell",
    ],
)
def test_an_error_that_nothing_foresaw_ends_no_loop(
    make_engine: MakeEngine, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    window, onlooker = Window(), Onlooker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"overlay.engine.{broken}", lambda *_: jam())
        engine = make_engine(source=lambda: Script(forever(90)), window=lambda: window)
        engine.update(observer=onlooker)
        engine.start()
        until(lambda: "OSError: jammed" in str(engine.status().problems), "the problem")
    shown = len(onlooker.scenes)
    until(lambda: engine.status().labelled > 3, "labels")
    until(lambda: len(onlooker.scenes) > shown, "scenes for the observer")
    window.shown = None
    until(lambda: window.shown is not None, "pictures in the window")
    until(lambda: not engine.status().problems, "the end of the problem")
