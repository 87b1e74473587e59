"""How old labels are when they are shown, seen from outside of the application."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from overlay.scene import Image, Scene


class Ages:
    """Notes for each label drawn when its face was last read.

    A face keeps its emotion until it is read again, so the age of the reading counts, not that
    of the scene.

    Attributes:
        drawn_s: For each face with a label in each labelled picture: seconds from the moment
            the picture that was read was due, until the label was drawn.
        pictures: Pictures with a label so far.
        first_s: When the first label was drawn, as `time.monotonic()`; None before that.
    """

    def __init__(self) -> None:
        self.drawn_s: list[float] = []
        self.pictures = 0
        self.first_s: float | None = None
        # By identity: an emotion is made anew by each reading.
        self._read_at: dict[int, float] = {}

    def install(self) -> None:
        """Look on while faces are read and while they are drawn."""
        from overlay.drawing import Painter
        from overlay.perception.smoothing import EmotionSmoother

        self._after(EmotionSmoother, "update", self._note_reading)
        self._after(Painter, "paint", self._note_drawing)

    def _after(self, owner: Any, name: str, note: Callable[..., None]) -> None:
        inner = getattr(owner, name)

        def watched(*args: Any) -> None:
            inner(*args)
            note(*args)

        setattr(owner, name, watched)

    def _note_reading(self, smoother: Any, probabilities: Any, time_s: float) -> None:
        self._read_at[id(smoother.emotion)] = time_s

    def _note_drawing(self, painter: Any, image: Image, scene: Scene) -> None:
        self.note([self._read_at[id(face.emotion)] for face in scene if face.emotion is not None])

    def note(self, read_s: Sequence[float]) -> None:
        """Note the labels of one picture, by when the pictures were due that they were read in."""
        if not read_s:
            return
        now = time.monotonic()
        self.drawn_s.extend(now - each for each in read_s)
        self.pictures += 1
        self.first_s = self.first_s or now
