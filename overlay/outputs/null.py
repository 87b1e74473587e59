"""An output that only counts frames, for measurements and for perception without video."""

from __future__ import annotations

from overlay.outputs.base import Output
from overlay.scene import Image


class NullOutput(Output):
    """Counts frames and discards them.

    Attributes:
        frames: Number of frames sent so far.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.name = "none"
        self.size = size
        self.frames = 0

    def send(self, image: Image) -> None:
        """Count one frame."""
        self.frames += 1

    def close(self) -> None:
        """Do nothing: nothing is held open."""
