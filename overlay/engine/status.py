"""What the engine is doing, for tray, command line and summary."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from overlay.engine.problem_log import Room
from overlay.engine.problems import Problems
from overlay.scene import Scene
from overlay.settings import Mode


@dataclass(frozen=True, slots=True)
class Status:
    """A snapshot of the engine.

    Attributes:
        mode: Who sees labels.
        paused: Whether the source is released and the pause picture sent.
        running: Whether the loops run.
        source: Name of the source.
        output: Name of the output.
        window: Name of the private window, or None if there is none.
        width: Output width in pixels.
        height: Output height in pixels.
        frames_in: Frames read from the source.
        frames_out: Frames sent to the output, placeholders included.
        placeholders: Placeholders among them.
        labelled: Frames sent to the output with labels drawn.
        perceived: Frames in which faces were looked for.
        fps: Frames a second sent over the last two seconds.
        faces: Number of faces in the newest scene.
        tracks: Number of different faces seen so far.
        emotions: Perceived face-frames by label, `unsure` included.
        label_age_ms: 95th percentile of the age of scenes when drawn, over the last minute,
            in milliseconds; None if nothing was drawn.
        problems: One line for each room in trouble.
        seconds: How long the engine has been running, or ran until it was stopped.
        recording: Whose expressions are being recorded now; None while nobody's are.
        sharing: The class that the user shares something with now; None for none.
        standby: Whether the source is released because nobody looks.
        warnings: What the user should know about sources that were read, one line each.
    """

    mode: Mode
    paused: bool
    running: bool
    source: str
    output: str
    window: str | None
    width: int
    height: int
    frames_in: int = 0
    frames_out: int = 0
    placeholders: int = 0
    labelled: int = 0
    perceived: int = 0
    fps: float = 0.0
    faces: int = 0
    tracks: int = 0
    emotions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    label_age_ms: float | None = None
    problems: Mapping[Room, str] = field(default_factory=lambda: MappingProxyType({}))
    seconds: float = 0.0
    recording: str | None = None
    sharing: str | None = None
    standby: bool = False
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The status in types that JSON knows."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
        }


class Metrics:
    """Counts what the loops do. Each loop writes its own counters; anyone reads.

    Attributes:
        problems: What is wrong now.
        warnings: What the user should know about the source, one line each.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        """Begin at zero; `changed` is called, from any thread, when a problem comes or goes."""
        self.problems = Problems(changed)
        self._lock = threading.Lock()
        self._began: float | None = None
        self._ended: float | None = None
        self._sent_at: deque[float] = deque(maxlen=256)
        self._ages_ms: deque[float] = deque(maxlen=1800)
        self._emotions: Counter[str] = Counter()
        self._tracks: set[int] = set()
        self._faces = 0
        self.frames_in = 0
        self.frames_out = 0
        self.placeholders = 0
        self.labelled = 0
        self.perceived = 0
        self.warnings: tuple[str, ...] = ()

    def begin(self) -> None:
        """Count the seconds from now on."""
        self._began = time.monotonic()

    def end(self) -> None:
        """Count the seconds no further; what is still being closed does not belong to the video."""
        self._ended = self._ended or time.monotonic()

    @property
    def _seconds(self) -> float:
        if self._began is None:
            return 0.0
        return (self._ended or time.monotonic()) - self._began

    def count_frame(self, *, placeholder: bool, label_age_s: float | None) -> None:
        """Note one frame sent, and how old its labels were if it had any."""
        with self._lock:
            self.frames_out += 1
            self.placeholders += placeholder
            self._sent_at.append(time.monotonic())
            if label_age_s is not None:
                self.labelled += 1
                self._ages_ms.append(label_age_s * 1000)

    def count_scene(self, scene: Scene) -> None:
        """Note one perceived scene."""
        with self._lock:
            self.perceived += 1
            self._faces = len(scene)
            self._tracks.update(face.id for face in scene)
            self._emotions.update(face.emotion.label for face in scene if face.emotion)

    def fps(self) -> float:
        """Frames a second sent over the last two seconds."""
        now = time.monotonic()
        with self._lock:
            recent = [sent for sent in self._sent_at if now - sent <= 2.0]
        return (len(recent) - 1) / (now - recent[0]) if len(recent) > 1 else 0.0

    def status(self, *, hung: Mapping[Room, str] = MappingProxyType({}), **known: object) -> Status:
        """Join the counts with what the engine knows itself.

        Args:
            hung: One line for each room in which something hangs.
            **known: The other attributes of `Status`.
        """
        fps = self.fps()
        with self._lock:
            return Status(
                **known,  # type: ignore[arg-type]
                frames_in=self.frames_in,
                frames_out=self.frames_out,
                placeholders=self.placeholders,
                labelled=self.labelled,
                perceived=self.perceived,
                warnings=self.warnings,
                fps=fps,
                faces=self._faces,
                tracks=len(self._tracks),
                emotions=MappingProxyType(dict(self._emotions)),
                label_age_ms=float(np.percentile(self._ages_ms, 95)) if self._ages_ms else None,
                problems=MappingProxyType({**self.problems.lines, **hung}),
                seconds=self._seconds,
            )
