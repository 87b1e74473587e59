"""Times the stages of the real application from outside: it wraps what the product calls.

The product itself has no timing code. Wrapping happens in the benchmark's own process only.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any

STAGES = ("capture", "detect", "crop", "classify", "smooth", "draw", "send")


class Stages:
    """Wall times of the stages.

    Attributes:
        seconds: Of each call, by stage.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self._inner = 0.0

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        """Replace a function or method of a module or class by one that is timed."""
        inner: Callable[..., Any] = getattr(owner, name)

        @wraps(inner)
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self._note(stage, time.perf_counter() - began)

        setattr(owner, name, timed)

    def wrap_all(self) -> None:
        """Time every stage of the application."""
        from overlay.bench.camera import ClipCamera
        from overlay.bench.sink import Sink
        from overlay.drawing import Painter
        from overlay.perception import Perception, reader
        from overlay.perception.classifier import Classifier
        from overlay.perception.detector import FaceDetector

        self.wrap(ClipCamera, "decode", "capture")
        self.wrap(FaceDetector, "detect", "detect")
        self.wrap(reader, "crop_faces", "crop")
        self.wrap(Classifier, "classify", "classify")
        self.wrap(Perception, "perceive", "perceive")
        self.wrap(Painter, "paint", "draw")
        self.wrap(Sink, "send", "send")

    def _note(self, stage: str, seconds: float) -> None:
        """Note one call; what perceiving does beside its parts is smoothing and tracking."""
        if stage == "perceive":
            stage, seconds, self._inner = "smooth", seconds - self._inner, 0.0
        elif stage in ("detect", "crop", "classify"):
            self._inner += seconds
        self.seconds[stage].append(seconds)
