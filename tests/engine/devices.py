"""Stand-ins for what the engine is between, so that tests decide what it gets and when."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from overlay.drawing import Panel
from overlay.outputs.base import Output
from overlay.perception.personal import Personal
from overlay.scene import Frame, Image, Scene
from overlay.sources.base import Source


class Script(Source):
    """A live source that plays what a test writes: pictures, and errors to raise."""

    name = "script"
    live = True
    size = (320, 180)
    fps = 30.0

    def __init__(self, steps: Iterator[Image | Exception | None]) -> None:
        self._steps = steps
        self._index = 0
        self.closed = False

    def read(self) -> Frame | None:
        time.sleep(0.01)
        step = next(self._steps, None)
        if isinstance(step, Exception):
            raise step
        if step is None:
            return None
        self._index += 1
        return Frame(step, time.monotonic(), self._index)

    def close(self) -> None:
        self.closed = True


def plain_source() -> Source:
    return Script(forever(90))


class Window(Output):
    """Stands where the private window would, and keeps the newest picture."""

    name = "window"
    size = (320, 180)

    def __init__(self) -> None:
        self.shown: Image | None = None
        self.sent = 0
        self.gone = self.minimized = False
        self.description = ""

    @property
    def closed(self) -> bool:
        return self.gone

    @property
    def view(self) -> tuple[int, int] | None:
        return None if self.minimized else self.size

    def send(self, image: Image) -> None:
        self.shown = image.copy()
        self.sent += 1

    def describe(self, text: str) -> None:
        self.description = text

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


PANEL = Panel("Ana", "recording", "happy", ("happy",) * 60, 60.0, 60.0)


class Onlooker:
    """Keeps what it is shown, and raises if told to."""

    recording: str | None = "Ana"
    personal: Personal | None = None
    problem: str | None = None

    def __init__(self, error: Exception | None = None) -> None:
        self.scenes: list[Scene] = []
        self.error = error
        self.shown: Panel | None = PANEL
        self.pauses: list[bool] = []
        self.marks: list[str] = []

    def set_paused(self, paused: bool) -> None:
        self.pauses.append(paused)

    def observe(self, scene: Scene) -> None:
        self.scenes.append(scene)
        if self.error:
            raise self.error

    def mark(self, note: str = "", *, ago_s: float = 0.0) -> None:
        self.marks.append(note)

    def panel(self) -> Panel | None:
        return self.shown


def picture(value: int, width: int = 320, height: int = 180) -> Image:
    return np.full((height, width, 3), value, np.uint8)


def forever(value: int) -> Iterator[Image]:
    while True:
        yield picture(value)


def is_plain(image: Image, value: int) -> bool:
    return bool((image == value).all())
