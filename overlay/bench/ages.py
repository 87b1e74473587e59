"""How old labels are when they are shown, seen from outside of the application."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from overlay.scene import Frame, Image, Scene

if TYPE_CHECKING:
    from overlay.perception import Perception


class Ages:
    """Notes for each label drawn when its face was last read.

    A face keeps its emotion until it is read again, so the age of the reading counts, not that
    of the scene. A face whose crop was compared, and looks as when the network read it, counts as
    read.

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
        # By the number of the perceived frame, then by that of the face.
        self._read_at: dict[int, dict[int, float]] = {}

    def install(self) -> None:
        """Look on while faces are read and while they are drawn."""
        from overlay.drawing import Painter
        from overlay.perception import Perception

        self._after(Perception, "perceive", self._note_reading)
        self._after(Painter, "paint", self._note_drawing)

    def _after(self, owner: Any, name: str, note: Callable[..., None]) -> None:
        inner = getattr(owner, name)

        def watched(*args: Any) -> Any:
            result = inner(*args)
            note(result, *args)
            return result

        setattr(owner, name, watched)

    def _note_reading(self, scene: Scene, perception: Perception, frame: Frame) -> None:
        numbers = (face.id for face in scene)
        read = {number: perception.last_read_s(number) for number in numbers}
        self._read_at[scene.frame_index] = {n: at for n, at in read.items() if at is not None}

    def _note_drawing(self, nothing: None, painter: Any, image: Image, scene: Scene) -> None:
        read = self._read_at[scene.frame_index]
        self.note([read[face.id] for face in scene if face.emotion is not None])

    def note(self, read_s: Sequence[float]) -> None:
        """Note the labels of one picture, by when the pictures were due that they were read in."""
        if not read_s:
            return
        now = time.monotonic()
        self.drawn_s.extend(now - each for each in read_s)
        self.pictures += 1
        self.first_s = self.first_s or now
