"""The devices of a trial: they do their work until they meet a fault, and keep what was shown."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from overlay.drawing import Painter, Panel
from overlay.errors import StoreError
from overlay.monitor.clock import Clock
from overlay.monitor.recorder import Recorder
from overlay.monitor.records import Second
from overlay.monitor.store import Store
from overlay.outputs import Output
from overlay.outputs.video_file import VideoFile
from overlay.scene import Box, Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources import Source
from tests.engine.conftest import OneHappyFace
from tests.engine.devices import Onlooker
from tests.faults.faults import Accident, Faults

#: How much faster than real time a recording goes.
HASTE = 40

#: How often the source delivers a frame, in seconds.
PERIOD_S = 0.004


@dataclass(frozen=True)
class Allowed:
    """What may be shown.

    Attributes:
        labels: Labels, by room: `output`, `window`.
        camera: A picture of a source.
        sources: Which, by their gray levels.
    """

    labels: frozenset[str] = frozenset()
    camera: bool = True
    sources: frozenset[int] = frozenset()

    def __or__(self, other: Allowed) -> Allowed:
        return Allowed(
            self.labels | other.labels, self.camera or other.camera, self.sources | other.sources
        )


class Witness:
    """Looks at every frame at the moment it begins to be shown.

    Attributes:
        allowed: What may be shown now.
        sent: How many frames were shown, by room.
        labelled: How many of them with labels.
        violations: What was shown and must not have been.
    """

    def __init__(self) -> None:
        self.allowed = Allowed()
        self.sent = {"output": 0, "window": 0}
        self.labelled = {"output": 0, "window": 0}
        self.violations: list[str] = []

    def see(self, room: str, image: Image, size: tuple[int, int]) -> None:
        """Look at a frame."""
        allowed = self.allowed
        if image.shape != (size[1], size[0], 3) or image.dtype != np.uint8:
            self.violations.append(f"{room}: got {image.dtype} {image.shape} for {size}")
            return
        kind, value = classify(image)
        self.sent[room] += 1
        self.labelled[room] += kind == "labelled"
        if kind == "labelled" and room not in allowed.labels:
            self.violations.append(f"{room}: labels while they are off")
        if kind != "placeholder" and not allowed.camera:
            self.violations.append(f"{room}: a picture of a camera that is paused")
        if kind == "clean" and value not in allowed.sources:
            self.violations.append(f"{room}: a picture of a source that was exchanged")


_PLACEHOLDERS: dict[tuple[int, int], list[Image]] = {}


def classify(image: Image) -> tuple[str, int]:
    """What a frame shows: `clean`, `labelled` or `placeholder`, and a corner's gray level."""
    height, width = image.shape[:2]
    if (width, height) not in _PLACEHOLDERS:
        painter = Painter()
        _PLACEHOLDERS[width, height] = [
            painter.placeholder(width, height, key).copy() for key in ("paused", "unavailable")
        ]
    value = int(image[0, 0, 0])
    if (image == value).all():
        return "clean", value
    if any(np.array_equal(image, each) for each in _PLACEHOLDERS[width, height]):
        return "placeholder", value
    return "labelled", value


class Camera(Source):
    """Delivers plain pictures, or what a fault makes of them."""

    live = True
    fps = 30.0

    def __init__(self, faults: Faults, settings: Settings, value: int, draw: random.Random) -> None:
        faults.meet("source", "open", value)
        self.name = f"camera {value}"
        self.size = settings.size
        self._value = value
        self._faults = faults
        self._picture = np.full((*self.size[::-1], 3), value, np.uint8)
        self._draw = draw
        self._index = 0

    def read(self) -> Any:
        time.sleep(PERIOD_S)
        what = self._faults.meet("source", "read", self._value)
        frame = Frame(self._picture, time.monotonic(), self._index)
        self._index += 1
        if what == "garbage":
            return self._draw.choice(_GARBAGE)(frame)
        if what == "size":
            width, height = self._draw.randint(1, 700), self._draw.randint(1, 700)
            return replace(frame, image=np.full((height, width, 3), self._picture[0, 0], np.uint8))
        return frame

    def close(self) -> None:
        self._faults.meet("source", "close", self._value)


_GARBAGE: list[Callable[[Frame], Any]] = [
    lambda frame: frame.image,
    lambda frame: replace(frame, time_s=None),
    lambda frame: replace(frame, time_s=math.nan),
    lambda frame: replace(frame, time_s=-1e9),
    lambda frame: replace(frame, image=frame.image.astype(object)),
    lambda frame: replace(frame, image=frame.image.astype(np.float64)),
    lambda frame: replace(frame, image=frame.image[..., 0]),
    lambda frame: replace(frame, image=frame.image[:0]),
    lambda frame: replace(frame, image=None),
]


class Reader(OneHappyFace):
    """Sees one happy face, or what a fault makes of it."""

    def __init__(self, faults: Faults, draw: random.Random) -> None:
        faults.meet("perception", "open", id(self))
        super().__init__()
        self._faults = faults
        self._draw = draw

    def perceive(self, frame: Frame) -> Any:
        what = self._faults.meet("perception", "perceive", id(self))
        scene = super().perceive(frame)
        if what == "garbage":
            return self._draw.choice(_NO_SCENES)(scene)
        return replace(scene, width=scene.width + 2) if what == "size" else scene

    def close(self) -> None:
        self._faults.meet("perception", "close", id(self))
        super().close()


def _with_box(scene: Scene, *box: float) -> Scene:
    return replace(scene, faces=(replace(scene.faces[0], box=Box(*box)),))


_NO_SCENES: list[Callable[[Scene], Any]] = [
    lambda scene: None,
    lambda scene: replace(scene, time_s=math.nan),
    lambda scene: _with_box(scene, math.nan, 0.0, 10.0, 10.0),
    lambda scene: _with_box(scene, 0.0, 0.0, math.inf, 10.0),
    lambda scene: _with_box(scene, 0.0, 0.0, 1e9, 1e9),
    lambda scene: replace(scene, faces=(None,)),
]


class Screen(Output):
    """Stands for the virtual camera and for the private window."""

    def __init__(
        self, room: str, faults: Faults, witness: Witness, settings: Settings, number: int
    ) -> None:
        faults.meet(room, "open", number)
        self.name = f"{room} {number}"
        self._number = number
        self.size = settings.size
        self._room = room
        self._faults = faults
        self._witness = witness

    @property
    def closed(self) -> bool:
        fault = self._faults.in_room(self._room)
        if fault is None or fault.what != "gone":
            return False
        fault.met.set()
        return True

    @property
    def send(self) -> Callable[[Image], None]:  # type: ignore[override]
        """What takes a frame; getting hold of it may be slow."""
        self._faults.meet(self._room, "hand-over", self._number)
        return self._take

    def _take(self, image: Image) -> None:
        self._witness.see(self._room, image, self.size)
        if self._faults.meet(self._room, "send", self._number) == "half":
            raise Accident("half of it written")

    def close(self) -> None:
        self._faults.meet(self._room, "close", self._number)


class File(Screen):
    """The same, and writes a real video file."""

    def __init__(
        self, path: Path, faults: Faults, witness: Witness, settings: Settings, number: int
    ) -> None:
        super().__init__("output", faults, witness, settings, number)
        self._video = VideoFile(path, settings.size, settings.fps)

    def _take(self, image: Image) -> None:
        super()._take(image)
        self._video.send(image)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._video.close()


class Watcher(Onlooker):
    """An observer that meets faults."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    def set_paused(self, paused: bool) -> None:
        self._faults.meet("recording", "set_paused", id(self))

    def observe(self, scene: Scene) -> None:
        self._faults.meet("recording", "observe", id(self))

    def panel(self) -> Panel | None:
        self._faults.meet("recording", "panel", id(self))
        return super().panel()

    def __getattribute__(self, name: str) -> Any:
        if name == "problem":
            self._faults.meet("recording", "problem")
        return super().__getattribute__(name)


class HastyClock(Clock):
    """A clock by which a recording gets many seconds in one."""

    def elapsed(self) -> float:
        return time.perf_counter() * HASTE


def hasty_recorder(folder: Path, faults: Faults) -> Recorder:
    """A real recorder with a real database, on a disk that meets faults."""
    store = Store.open(folder / "sessions.sqlite", recording=True)
    append = store.append

    def faulty(session_id: int, seconds: Sequence[Second]) -> None:
        try:
            half = faults.meet("disk", "append") == "half"
        except Accident as error:
            raise StoreError(str(error)) from error
        append(session_id, seconds[: len(seconds) // 2] if half else seconds)
        if half:
            raise StoreError("the disk is full")

    store.append = faulty  # type: ignore[method-assign]
    return Recorder(store, name="Ana", clock=HastyClock())
