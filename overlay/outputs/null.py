"""An output for measurements and for perception alone: it only counts."""

from __future__ import annotations

from overlay.outputs.base import Output
from overlay.scene import Image


class NullOutput(Output):
    """Takes frames and forgets them.

    Attributes:
        frames: How many frames came.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.name = "none"
        self.size = size
        self.frames = 0

    def send(self, image: Image) -> None:
        """Count one frame."""
        self.frames += 1

    def close(self) -> None:
        """Nothing is held open."""
