"""A running engine between the demo source and a virtual camera that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import repeat
from typing import Any

import pytest

from overlay.engine import Engine
from overlay.outputs import Output, open_output
from overlay.perception.detector import Detection
from overlay.scene import Box, Emotion, Face, Frame, Image, KeyPoints, Scene
from overlay.settings import Settings, make_settings
from overlay.sources import Source, open_source
from tests.camera_backend import CameraBackend, registered
from tests.engine.devices import Script, picture
from tests.engine.hanging import Hanging

MakeEngine = Callable[..., Engine]

SMALL = {"width": 320, "height": 180}

HAPPY = Emotion("happy", 0.9, (0.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.1))


class OneHappyFace:
    """Perception that always sees one happy face in the middle, so that tests are about loops."""

    def __init__(self) -> None:
        self.perceived = 0
        self.resets = 0
        self.resting_forgotten = 0
        self.closed = False

    def perceive(self, frame: Frame) -> Scene:
        self.perceived += 1
        height, width = frame.image.shape[:2]
        box = Box(width * 0.35, height * 0.35, width * 0.3, height * 0.3)
        points = KeyPoints(*[box.center] * 6)
        faces = (Face(1, box, 0.9, points, HAPPY),)
        return Scene(frame.index, frame.time_s, width, height, faces)

    def find(self, image: Image) -> list[Detection]:
        return []

    def reset(self) -> None:
        self.resets += 1

    def forget_resting(self) -> None:
        self.resting_forgotten += 1

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    with registered(CameraBackend(limit=300)) as backend:
        yield backend


@pytest.fixture
def make_engine(camera: CameraBackend) -> Iterator[Callable[..., Engine]]:
    """Build engines from settings; they are stopped when the test ends."""
    with ExitStack() as stack:

        def make(
            *,
            source: Callable[[], Source] | None = None,
            output: Callable[[], Output] | None = None,
            window: Callable[[], Output] | None = None,
            perception: Callable[[], Any] = OneHappyFace,
            retry_open: bool = False,
            changed: Callable[[], None] = lambda: None,
            **values: Any,
        ) -> Engine:
            settings = make_settings(**{"mode": "on-air", **SMALL, **values})
            engine = Engine(
                settings,
                open_source=demo if source is None else (lambda _: source()),
                open_output=virtual if output is None else (lambda _: output()),
                open_window=None if window is None else (lambda _: window()),
                open_perception=perception,
                retry_open=retry_open,
                changed=changed,
            )
            stack.callback(engine.stop)
            return engine

        yield make


def demo(settings: Settings) -> Source:
    return open_source("demo", size=settings.size, fps=settings.fps)


def virtual(settings: Settings) -> Output:
    return open_output("virtual:backend=test", size=settings.size, fps=settings.fps)


@pytest.fixture
def half_white() -> Callable[[], Source]:
    """Opens a source whose left half is white."""
    image = picture(0)
    image[:, :160] = 255
    return lambda: Script(repeat(image))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs is noticed within a second."""
    monkeypatch.setattr("overlay.engine.loop.PATIENCE_S", 0.3)
    monkeypatch.setattr("overlay.engine.loop.OPENING_PATIENCE_S", 0.3)
    monkeypatch.setattr("overlay.engine.watchdog.CHECK_S", 0.02)
    monkeypatch.setattr("overlay.engine.engine.STOP_S", 1.0)
    monkeypatch.setattr("overlay.engine.engine._CAPTURE_STOP_S", 0.3)


@pytest.fixture
def hanging() -> Iterator[Callable[..., Hanging]]:
    """Makes things that hang; they are released when the test ends."""
    made: list[Hanging] = []

    def make(*methods: str, now: bool = False) -> Hanging:
        made.append(Hanging(*methods))
        if now:
            made[-1].hang.set()
        return made[-1]

    yield make
    for each in made:
        each.release.set()
