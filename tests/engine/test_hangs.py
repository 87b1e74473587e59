"""Whatever hangs, the status names it, the video goes on, and something else can take its place."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from overlay.drawing import Panel
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Onlooker, Recorder, Script, Window, forever, is_plain
from tests.engine.hanging import Hanging, goes_on, has_hung
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.usefixtures("impatient")


class TestSource:
    def test_one_that_hangs_is_named_until_it_responds_again(
        self, make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("read")
        with make_engine(mode="off", source=lambda: stuck.wrap(Script(forever(90)))) as engine:
            until(lambda: engine.status().frames_in > 3, "video")
            stuck.hang.set()
            until(lambda: has_hung(engine, "source"), "the problem")
            assert engine.status().problems["source"].startswith("script has not responded since ")
            until(lambda: engine.status().placeholders > 3, "the placeholder")
            stuck.hang.clear()
            stuck.release.set()
            until(lambda: not engine.status().problems, "the end of the problem")
            until(lambda: is_plain(camera.frames[-1], 90), "its picture")

    @pytest.mark.parametrize("method", ["read", "close"])
    def test_another_one_takes_its_place(
        self,
        make_engine: MakeEngine,
        camera: CameraBackend,
        hanging: Callable[..., Hanging],
        method: str,
    ) -> None:
        stuck = hanging(method)
        hung = stuck.wrap(Script(forever(90)))
        with make_engine(mode="off", source=lambda: hung) as engine:
            until(lambda: engine.status().frames_in > 3, "video")
            stuck.hang.set()
            if method == "read":
                assert stuck.hangs.wait(PATIENCE_S)
            engine.update(open_source=lambda _: Script(forever(200)))
            until(lambda: camera.frames and is_plain(camera.frames[-1], 200), "the other picture")
            assert "was abandoned" in engine.status().problems["source"]
            sent = len(camera.times)
            stuck.release.set()
            until(lambda: hung.closed, "the first one released")
            until(lambda: not engine.status().problems, "the end of the problem")
            until(lambda: len(camera.times) > sent + 5, "more video")
            assert all(is_plain(image, 200) for image in list(camera.frames)[-5:])

    def test_one_that_hangs_while_it_is_opened(
        self, make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("open", now=True)
        late: list[Script] = []

        class Opener:
            def open(self) -> Script:
                late.append(Script(forever(90)))
                return late[-1]

        opener = stuck.wrap(Opener())
        with make_engine(mode="off", source=lambda: opener.open(), retry_open=True) as engine:
            until(lambda: has_hung(engine, "source"), "the problem")
            until(lambda: engine.status().placeholders > 3, "the placeholder")
            engine.update(open_source=lambda _: Script(forever(200)))
            until(lambda: is_plain(camera.frames[-1], 200), "the other picture")
            stuck.release.set()
            until(lambda: late and late[0].closed, "the late one released")
            goes_on(engine)
            assert is_plain(camera.frames[-1], 200)

    def test_after_a_pause_it_is_opened_anew(
        self, make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("read")
        opened: list[Script] = []

        def source() -> Script:
            script = Script(forever(200 if opened else 90))
            opened.append(script if opened else stuck.wrap(script))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: engine.status().frames_in > 3, "video")
            stuck.hang.set()
            assert stuck.hangs.wait(PATIENCE_S)
            engine.update(paused=True)
            until(lambda: "was abandoned" in engine.status().problems.get("source", ""), "that")
            engine.update(paused=False)
            until(lambda: is_plain(camera.frames[-1], 200), "its picture")

    def test_a_start_that_hangs_in_it_can_be_stopped(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("open", now=True)

        class Opener:
            def open(self) -> Script:
                return Script(forever(90))

        opener = stuck.wrap(Opener())
        engine = make_engine(source=lambda: opener.open())
        starting = threading.Thread(target=engine.start)
        starting.start()
        until(lambda: has_hung(engine, "source"), "the problem")
        engine.stop()
        assert engine.left_behind == ("capture",)
        until(lambda: not starting.is_alive(), "the end of the start")
        stuck.release.set()
        until(lambda: not engine.left_behind, "the end of the loop")


class TestOutput:
    @pytest.mark.parametrize("method", ["send", "close"])
    def test_one_that_hangs_is_named_and_another_one_takes_its_place(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging], method: str
    ) -> None:
        stuck, other = hanging(method), Recorder()
        hung = stuck.wrap(Recorder())
        with make_engine(
            mode="off", source=lambda: Script(forever(90)), output=lambda: hung
        ) as engine:
            goes_on(engine)
            stuck.hang.set()
            if method == "send":
                until(lambda: has_hung(engine, "output"), "the problem")
                assert "recorder has not" in engine.status().problems["output"]
                read = engine.status().frames_in
                until(lambda: engine.status().frames_in > read + 20, "capture goes on")
            engine.update(open_output=lambda _: other)
            until(lambda: other.frames > 3, "video in the other output")
            stuck.release.set()
            until(lambda: hung.gone, "the first one released")
            until(lambda: not engine.status().problems, "the end of the problem")

    def test_meanwhile_the_private_window_goes_on(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging]
    ) -> None:
        stuck, window = hanging("send"), Window()
        with make_engine(
            mode="only-me",
            source=lambda: Script(forever(90)),
            output=lambda: stuck.wrap(Recorder()),
            window=lambda: window,
        ) as engine:
            until(lambda: window.shown is not None, "the window")
            stuck.hang.set()
            assert stuck.hangs.wait(PATIENCE_S)
            until(lambda: engine.status().perceived > 0, "a scene")
            perceived = engine.status().perceived
            window.shown = None
            until(lambda: window.shown is not None, "a picture in the window")
            until(lambda: engine.status().perceived > perceived, "another scene")


def opened_again(stuck: Hanging) -> tuple[list[OneHappyFace], Callable[[], OneHappyFace]]:
    """Each perception that is opened, and what opens it; only the first one hangs."""
    opened: list[OneHappyFace] = []

    def perception() -> OneHappyFace:
        opened.append(OneHappyFace())
        return opened[-1] if len(opened) > 1 else stuck.wrap(opened[-1])

    return opened, perception


class TestPerception:
    def test_one_that_hangs_is_named_and_leaves_clean_video(
        self, make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("perceive", now=True)
        opened, perception = opened_again(stuck)
        source = lambda: Script(forever(90))  # noqa: E731
        with make_engine(source=source, perception=perception) as engine:
            until(lambda: has_hung(engine, "perception"), "the problem")
            assert engine.status().problems["perception"].startswith("no labels: ")
            goes_on(engine)
            assert is_plain(camera.frames[-1], 90)
            engine.update(mode="off")
            until(lambda: "was abandoned" in engine.status().problems["perception"], "that")
            engine.update(mode="on-air")
            until(lambda: engine.status().labelled > 3, "labels from another one")
            stuck.release.set()
            until(lambda: opened[0].closed, "the first one released")

    def test_faces_that_another_one_sees_are_others_and_hidden_if_any_was(
        self, make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("perceive")
        _, perception = opened_again(stuck)
        source = lambda: Script(forever(90))  # noqa: E731
        with make_engine(source=source, perception=perception) as engine:
            until(lambda: [face.number for face in engine.faces()] == [1], "a face")
            engine.toggle_face(1)
            stuck.hang.set()
            until(lambda: has_hung(engine, "perception"), "the problem")
            engine.update(mode="off")
            until(lambda: "was abandoned" in engine.status().problems["perception"], "that")
            engine.update(mode="on-air")
            until(lambda: [face.number for face in engine.faces()] == [2], "another number")
            assert engine.faces()[0].hidden


class TestWindow:
    def test_one_that_hangs_never_stops_the_call(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging]
    ) -> None:
        stuck = hanging("send", now=True)
        hung, other = stuck.wrap(Window()), Window()
        with make_engine(window=lambda: hung) as engine:
            until(lambda: has_hung(engine, "window"), "the problem")
            goes_on(engine, 20)
            labelled = engine.status().labelled
            until(lambda: engine.status().labelled > labelled + 5, "labels in the call")
            engine.update(open_window=lambda _: other)
            until(lambda: other.shown is not None, "the other window")
            stuck.release.set()
            until(lambda: hung.gone, "the first one released")


class TestObserver:
    @pytest.mark.parametrize("method", ["observe", "panel", "set_paused"])
    def test_one_that_hangs_holds_nothing_up(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging], method: str
    ) -> None:
        stuck, window, other = hanging(method, now=True), Window(), Onlooker()
        with make_engine(window=lambda: window) as engine:
            engine.update(observer=stuck.wrap(Onlooker()))
            until(lambda: has_hung(engine, "recording"), "the problem")
            labelled = engine.status().labelled
            until(lambda: engine.status().labelled > labelled + 5, "labels in the call")
            engine.update(paused=True)
            engine.update(paused=False)
            window.shown = None
            until(lambda: window.shown is not None, "a picture in the window")
            engine.update(observer=other)
            until(lambda: other.scenes, "another one is shown scenes")

    def test_its_panel_is_gone_with_it(
        self, make_engine: MakeEngine, hanging: Callable[..., Hanging]
    ) -> None:
        class Paneless(Onlooker):
            def panel(self) -> Panel | None:
                return None

        with make_engine() as engine:
            engine.update(observer=Onlooker())
            until(lambda: engine._observing.panel is not None, "its panel")
            engine.update(observer=Paneless())
            assert engine._observing.panel is None
