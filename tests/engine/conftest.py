"""A running engine between the demo source and a virtual camera that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from overlay.engine import Engine
from overlay.outputs import Output, open_output
from overlay.perception.detector import Detection
from overlay.scene import Box, Emotion, Face, Frame, Image, KeyPoints, Scene
from overlay.settings import Settings, make_settings
from overlay.sources import Source, open_source
from tests.camera_backend import CameraBackend, registered

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
