"""Your own source: a digital zoom into another one, run by the engine.

    python examples/own_source.py --of webcam --zoom 2 --output window

A source is a class with a name, a size, a rate, `read` and `close`. The engine reads it in its own
thread; if `read` raises `SourceLostError`, it opens the source again until that succeeds.
"""

import argparse

import cv2
import numpy as np

from overlay import Frame
from overlay.engine import Engine
from overlay.errors import OverlayError
from overlay.outputs import open_output
from overlay.settings import Settings
from overlay.sources import Source, open_source


class ZoomSource(Source):
    """The middle of another source's frames, enlarged to their size."""

    def __init__(self, inner: Source, zoom: float) -> None:
        self._inner, self._zoom = inner, max(1.0, zoom)
        self.name = f"{inner.name}, zoomed {self._zoom:g} times"
        self.live, self.size, self.fps = inner.live, inner.size, inner.fps

    def read(self) -> Frame | None:
        """Return the next frame, with the time stamp of the original."""
        if (frame := self._inner.read()) is None:
            return None  # the end of a file
        height, width = frame.image.shape[:2]
        part = round(width / self._zoom), round(height / self._zoom)
        middle = cv2.getRectSubPix(frame.image, part, ((width - 1) / 2, (height - 1) / 2))
        return Frame(np.asarray(cv2.resize(middle, self.size), np.uint8), frame.time_s, frame.index)

    def close(self) -> None:
        """Release the camera or file."""
        self._inner.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Zoom into another source for some seconds.")
    parser.add_argument("--of", default="demo", help="webcam, demo or a file (default: demo)")
    parser.add_argument("--zoom", type=float, default=1.5, help="how many times (default: 1.5)")
    parser.add_argument("--output", default="zoomed.mp4", help="an .mp4 file, window or virtual")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long (default: 5)")
    args = parser.parse_args()
    settings = Settings(mode="on-air", width=640, height=360)
    try:
        with Engine(
            settings,
            open_source=lambda _: ZoomSource(open_source(args.of), args.zoom),
            open_output=lambda _: open_output(args.output, size=settings.size, fps=settings.fps),
        ) as engine:
            engine.wait(args.seconds)
    except OverlayError as error:
        raise SystemExit(str(error)) from error
