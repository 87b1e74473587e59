"""What hangs holds up neither the end nor the log, and what comes late does no harm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from overlay.scene import Frame, Image, Scene
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Onlooker, Recorder, Script, Window, forever, is_plain
from tests.engine.hanging import Hanging, goes_on, has_hung
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.usefixtures("impatient")


class TestStop:
    @pytest.mark.parametrize(
        ("room", "method", "loop"),
        [
            ("source", "read", "capture"),
            ("source", "close", "capture"),
            ("output", "send", "presentation"),
            ("output", "close", "presentation"),
            ("window", "send", "window"),
            ("window", "close", "window"),
            ("perception", "perceive", "perception"),
            ("perception", "close", "perception"),
            ("observer", "observe", "observing"),
        ],
    )
    def test_it_leaves_behind_what_hangs_and_releases_the_rest(
        self,
        make_engine: MakeEngine,
        hanging: Callable[..., Hanging],
        room: str,
        method: str,
        loop: str,
    ) -> None:
        stuck = hanging(method)
        parts: dict[str, Any] = {
            "source": Script(forever(90)),
            "output": Recorder(),
            "window": Window(),
            "perception": OneHappyFace(),
            "observer": Onlooker(),
        }
        stuck.wrap(parts[room])
        observer = parts["observer"]
        opened = {
            name: (lambda part=part: part) for name, part in parts.items() if name != "observer"
        }
        engine = make_engine(mode="on-air", **opened)
        engine.start()
        engine.update(observer=observer)
        until(lambda: engine.status().labelled and observer.scenes, "all work")
        stuck.hang.set()
        if method != "close":
            assert stuck.hangs.wait(PATIENCE_S)
        engine.stop()
        assert engine.left_behind == (loop,)
        closed = {"source": "closed", "output": "gone", "window": "gone", "perception": "closed"}
        for name, attribute in closed.items():
            assert getattr(parts[name], attribute) == (name != room)
        stuck.release.set()
        until(lambda: not engine.left_behind, "the end of its loop")
        assert room == "observer" or getattr(parts[room], closed[room])


def test_the_log_says_where_it_hangs(
    make_engine: MakeEngine,
    hanging: Callable[..., Hanging],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="overlay")
    stuck = hanging("read")
    with make_engine(mode="off", source=lambda: stuck.wrap(Script(forever(90)))) as engine:
        until(lambda: engine.status().frames_in > 3, "video")
        stuck.hang.set()
        until(lambda: has_hung(engine, "source"), "the problem")
        stuck.hang.clear()
        stuck.release.set()
        until(lambda: "the call that hung has returned" in caplog.text, "its end")
    assert caplog.text.count("source: a call hangs") == 1
    assert "in call" in caplog.text
    assert "self.release.wait" in caplog.text


def test_an_engine_that_waits_for_slow_pictures_is_not_hung(make_engine: MakeEngine) -> None:
    """The patience counts from the last picture, not from the first."""

    class Slow(Script):
        def read(self) -> Frame | None:
            threading.Event().wait(0.1)
            return super().read()

    with make_engine(mode="off", source=lambda: Slow(forever(90))) as engine:
        seen: set[str] = set()

        def watch() -> bool:
            seen.update(engine.status().problems)
            return engine.status().frames_in > 8

        until(watch, "eight pictures")
        assert not seen


def test_a_scene_that_comes_late_is_not_drawn_on_another_source(
    make_engine: MakeEngine, camera: CameraBackend, hanging: Callable[..., Hanging]
) -> None:
    stuck = hanging("perceive", now=True)

    class Once(OneHappyFace):
        def perceive(self, frame: Frame) -> Scene:
            if self.perceived:
                raise RuntimeError("enough")
            return super().perceive(frame)

    with make_engine(
        source=lambda: Script(forever(90)), perception=lambda: stuck.wrap(Once())
    ) as engine:
        assert stuck.hangs.wait(PATIENCE_S)
        engine.update(open_source=lambda _: Script(forever(200)))
        until(lambda: is_plain(camera.frames[-1], 200), "the other picture")
        stuck.hang.clear()
        stuck.release.set()
        goes_on(engine, 20)
        assert engine.status().labelled == 0


def plain(image: Image) -> bool:
    return is_plain(image, 90)


def test_labels_drawn_before_an_output_opens_slowly_are_not_sent_after_a_panic(
    make_engine: MakeEngine, hanging: Callable[..., Hanging]
) -> None:
    class Keeping(Recorder):
        def __init__(self) -> None:
            super().__init__()
            self.plain: list[bool] = []

        def send(self, image: Image) -> None:
            super().send(image)
            self.plain.append(plain(image))

    stuck, slow = hanging("open", now=True), Keeping()

    class Opener:
        def open(self) -> Keeping:
            return slow

    opener = stuck.wrap(Opener())
    with make_engine(source=lambda: Script(forever(90)), output=Recorder) as engine:
        until(lambda: engine.status().labelled > 3, "labels")
        engine.update(open_output=lambda _: opener.open())
        assert stuck.hangs.wait(PATIENCE_S)
        engine.update(mode="off")
        stuck.release.set()
        until(lambda: len(slow.plain) > 5, "video")
        assert all(slow.plain)
