"""A camera that numbers its pictures and leaves none out."""

from __future__ import annotations

import time
from pathlib import Path

from overlay.bench.camera import ClipCamera, write_number
from overlay.scene import Frame


class NumberedClip(ClipCamera):
    """Plays a clip again and again; who comes late gets the next picture, not a later one.

    So a hole in the numbers that arrive is a picture that the application has dropped.
    """

    def __init__(self, path: Path, *, fps: float) -> None:
        super().__init__(path, fps=fps)
        self._due_s = time.monotonic()
        self._count = 0

    def read(self) -> Frame:
        """Wait until a picture's time after the last one, and decode the next."""
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        now = time.monotonic()
        self._due_s = max(self._due_s, now - 1 / self.fps) + 1 / self.fps
        image = self.decode()
        write_number(image, self._count)
        self._count += 1
        return Frame(image, now, self._count)
