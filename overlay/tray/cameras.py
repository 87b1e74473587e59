"""The cameras that the menu offers."""

from __future__ import annotations

import math
import sys
import time

from overlay.sources import CameraInfo, list_cameras

#: Linux is asked for free; elsewhere it costs a process, so there cameras are listed when the
#: icon appears and when the user says so.
_EVERY_S = 2.0 if sys.platform == "linux" else math.inf


class Cameras:
    """The cameras there are, listed anew from time to time."""

    def __init__(self) -> None:
        self.known: list[CameraInfo] = []
        self._listed_at = -math.inf

    def refresh(self) -> None:
        """List them if it is time to."""
        if time.monotonic() - self._listed_at >= _EVERY_S:
            self._listed_at = time.monotonic()
            self.known = list_cameras()

    def forget(self) -> None:
        """Have the next `refresh` list them."""
        self._listed_at = -math.inf
