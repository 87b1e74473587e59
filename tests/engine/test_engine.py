"""The engine carries every frame, whatever perception, source and output do."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from overlay.errors import OutputError, SourceError, SourceLostError
from overlay.scene import Frame, Scene
from overlay.sources import open_source
from overlay.sources.base import Source
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Script, Window, forever, is_plain, picture
from tests.waiting import PATIENCE_S, until


class TestVideoGoesOn:
    def test_every_captured_frame_is_sent(self, make_engine: MakeEngine) -> None:
        with make_engine() as engine:
            until(lambda: engine.status().frames_out >= 30, "thirty frames")
        status = engine.status()
        assert status.frames_out - status.placeholders == status.frames_in

    def test_the_seconds_are_those_of_the_video_not_of_what_closes_after_it(
        self, make_engine: MakeEngine
    ) -> None:
        with make_engine() as engine:
            until(lambda: engine.status().frames_out >= 5, "five frames")
        seconds = engine.status().seconds
        assert seconds > 0
        time.sleep(0.05)
        assert engine.status().seconds == seconds

    def test_frames_arrive_pixel_for_pixel_when_off(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        pattern = np.random.default_rng(7).integers(0, 256, (180, 320, 3), dtype=np.uint8)
        with make_engine(mode="off", source=lambda: Script(iter([pattern] * 5))) as engine:
            assert engine.wait(PATIENCE_S)
        assert len(camera.frames) == 5
        assert all(np.array_equal(frame, pattern) for frame in camera.frames)

    def test_perception_that_raises_leaves_clean_video_and_says_why(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        class Broken(OneHappyFace):
            def perceive(self, frame: Frame) -> Scene:
                raise RuntimeError("the network fell over")

        source = lambda: Script(forever(90))  # noqa: E731
        with make_engine(source=source, perception=Broken) as engine:
            until(lambda: "perception" in engine.status().problems, "a problem in the status")
            sent = engine.status().frames_out
            until(lambda: engine.status().frames_out > sent + 10, "more video")
            assert "the network fell over" in engine.status().problems["perception"]
        assert all(is_plain(frame, 90) for frame in camera.frames)

    def test_perception_that_cannot_be_opened_leaves_the_video_alone(
        self, make_engine: MakeEngine
    ) -> None:
        def missing() -> OneHappyFace:
            raise RuntimeError("no model")

        with make_engine(perception=missing) as engine:
            until(lambda: "perception" in engine.status().problems, "a problem in the status")
            sent = engine.status().frames_out
            until(lambda: engine.status().frames_out > sent + 10, "more video")

    def test_perception_that_recovers_labels_again(self, make_engine: MakeEngine) -> None:
        class Moody(OneHappyFace):
            def perceive(self, frame: Frame) -> Scene:
                if self.perceived < 2:
                    self.perceived += 1
                    raise RuntimeError("not yet")
                return super().perceive(frame)

        with make_engine(perception=Moody) as engine:
            until(lambda: engine.status().labelled > 0, "labels")
            assert not engine.status().problems

    def test_slow_perception_never_holds_a_frame_back(self, make_engine: MakeEngine) -> None:
        release = threading.Event()

        class Stuck(OneHappyFace):
            def perceive(self, frame: Frame) -> Scene:
                release.wait(20)
                return super().perceive(frame)

        engine = make_engine(perception=Stuck)
        with engine:
            until(lambda: engine.status().frames_out >= 30, "thirty frames")
            assert engine.status().perceived == 0
            release.set()

    def test_labels_older_than_their_life_are_not_drawn(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        class Outdated(OneHappyFace):
            def perceive(self, frame: Frame) -> Scene:
                return super().perceive(Frame(frame.image, frame.time_s - 5.0, frame.index))

        with make_engine(source=lambda: Script(forever(90)), perception=Outdated) as engine:
            until(lambda: engine.status().perceived >= 2, "two scenes")
            sent = engine.status().frames_out
            until(lambda: engine.status().frames_out > sent + 5, "more video")
            assert engine.status().labelled == 0
        assert all(is_plain(frame, 90) for frame in camera.frames)


class TestModes:
    def test_only_on_air_shows_labels_to_the_call(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        window = Window()
        engine = make_engine(
            mode="only-me", source=lambda: Script(forever(90)), window=lambda: window
        )
        with engine:
            until(lambda: engine.status().perceived > 3, "scenes")
            until(lambda: window.shown is not None and not is_plain(window.shown, 90), "own labels")
            assert all(is_plain(frame, 90) for frame in camera.frames)
            engine.update(mode="on-air")
            until(lambda: not is_plain(camera.frames[-1], 90), "labels in the call")
            engine.update(mode="off")
            until(lambda: is_plain(camera.frames[-1], 90), "clean video")
            until(lambda: window.shown is not None and is_plain(window.shown, 90), "clean window")

    def test_nobody_perceives_while_nobody_needs_labels(self, make_engine: MakeEngine) -> None:
        perception = OneHappyFace()
        with make_engine(mode="only-me", perception=lambda: perception) as engine:
            until(lambda: engine.status().frames_out > 15, "video")
            assert perception.perceived == 0
            engine.update(mode="on-air")
            until(lambda: perception.perceived > 0, "perception")
            engine.update(mode="off")
            until(lambda: engine.status().frames_out > 30, "more video")

    def test_a_closed_window_is_noticed(self, make_engine: MakeEngine) -> None:
        window = Window()
        with make_engine(mode="only-me", window=lambda: window) as engine:
            assert not engine.window_closed
            window.gone = True
            until(lambda: engine.window_closed, "the closed window noticed")


class TestSources:
    def test_a_lost_source_is_replaced_by_the_placeholder_and_taken_up_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        back = threading.Event()
        opened: list[Script] = []

        def source() -> Source:
            if opened and not back.is_set():
                raise SourceError("camera is unplugged")
            steps: Iterator[Any] = iter([picture(90)] * 3 + [SourceLostError("camera vanished")])
            opened.append(Script(forever(200) if opened else steps))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: engine.status().placeholders > 5, "placeholders")
            assert "unplugged" in engine.status().problems["source"]
            assert opened[0].closed
            back.set()
            until(lambda: is_plain(camera.frames[-1], 200), "the picture back")
            assert not engine.status().problems

    def test_a_source_that_raises_anything_else_is_treated_the_same(
        self, make_engine: MakeEngine
    ) -> None:
        opened: list[Script] = []

        def source() -> Source:
            steps: Iterator[Any] = iter([picture(90), ZeroDivisionError("driver bug")])
            opened.append(Script(forever(200) if opened else steps))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: len(opened) == 2 and engine.status().frames_in > 3, "another try")

    def test_frames_of_any_size_reach_the_output_at_its_size(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        steps = iter([picture(50, 640, 480), picture(50, 1, 1), picture(50, 333, 77)])
        with make_engine(mode="off", source=lambda: Script(steps)) as engine:
            assert engine.wait(PATIENCE_S)
        assert engine.status().frames_in == 3
        assert all(frame.shape == (180, 320, 3) for frame in camera.frames)

    def test_the_source_can_be_changed_while_running(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine(mode="off", source=lambda: Script(forever(90))) as engine:
            until(lambda: len(camera.frames) > 3, "video")
            engine.update(open_source=lambda _: Script(forever(200)))
            until(lambda: is_plain(camera.frames[-1], 200), "the other picture")

    def test_the_end_of_the_source_ends_the_engine_after_its_last_frame(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        pictures = iter([picture(value) for value in (10, 20, 30)])
        with make_engine(mode="off", source=lambda: Script(pictures)) as engine:
            assert engine.wait(PATIENCE_S)
            assert not engine.status().running
        assert is_plain(camera.frames[-1], 30)

    def test_pausing_releases_the_source_and_resuming_opens_it_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        opened: list[Script] = []

        def source() -> Source:
            opened.append(Script(forever(90)))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: len(camera.frames) > 3, "video")
            engine.update(paused=True)
            engine.update(paused=True)
            until(lambda: opened[0].closed, "the camera's light going out")
            until(lambda: engine.status().placeholders > 2, "the pause picture")
            assert engine.status().paused
            engine.update(paused=False)
            until(lambda: len(opened) == 2 and is_plain(camera.frames[-1], 90), "video again")

    def test_a_source_that_cannot_be_opened_is_an_error_at_the_start(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        def source() -> Source:
            raise SourceError("no such camera")

        with pytest.raises(SourceError, match="no such camera"):
            make_engine(source=source).start()
        assert camera.opened == 0


class TestOutputs:
    def test_an_output_that_fails_is_opened_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        with make_engine() as engine:
            until(lambda: len(camera.times) > 3, "video")
            camera.fail_send = "device is gone"
            until(lambda: "output" in engine.status().problems, "a problem in the status")
            assert "device is gone" in engine.status().problems["output"]
            camera.fail_send = None
            sent = len(camera.times)
            until(lambda: len(camera.times) > sent + 3, "video again")
            assert not engine.status().problems
            assert camera.opened == 2

    def test_an_output_that_cannot_be_opened_closes_the_source_again(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        camera.fail_open = "busy"
        source = Script(forever(90))
        with pytest.raises(OutputError, match="busy"):
            make_engine(source=lambda: source).start()
        assert source.closed

    def test_stopping_releases_everything_even_if_it_never_started(
        self, make_engine: MakeEngine, camera: CameraBackend
    ) -> None:
        for start in (False, True):
            source, perception = Script(forever(90)), OneHappyFace()
            engine = make_engine(
                source=lambda source=source: source,
                perception=lambda perception=perception: perception,
            )
            if start:
                engine.start()
                until(lambda perception=perception: perception.perceived > 0, "a scene")
            engine.stop()
            engine.stop()
            assert source.closed == start, "nothing is opened before the start"
            assert not camera.is_open
            assert perception.closed == start


def test_commands_from_many_threads_leave_the_engine_working(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    with make_engine(source=lambda: Script(forever(90))) as engine:

        def command(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(200):
                chance.choice(
                    [
                        lambda: engine.update(mode=chance.choice(["off", "only-me", "on-air"])),
                        lambda: engine.update(paused=chance.random() < 0.5),
                        engine.status,
                        lambda: engine.update(open_source=lambda _: Script(forever(90))),
                    ]
                )()

        threads = [threading.Thread(target=command, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        engine.update(paused=False)
        engine.update(mode="off")
        sent = engine.status().frames_in
        until(lambda: engine.status().frames_in > sent + 3, "video")
        until(lambda: is_plain(camera.frames[-1], 90), "clean video")
        assert engine.status().mode == "off"


def test_the_demo_source_runs_through_the_engine_with_nine_faces(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    engine = make_engine(source=lambda: open_source("demo:9", size=(320, 180), fps=30.0))
    with engine:
        until(lambda: engine.status().labelled > 3, "labels")
    assert len({frame.tobytes() for frame in camera.frames}) > 3
