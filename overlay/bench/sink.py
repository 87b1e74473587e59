"""What a virtual camera does with a picture, without the driver."""

from __future__ import annotations

import tempfile
import time

import cv2
import numpy as np

from overlay.bench.camera import read_number
from overlay.outputs import Output
from overlay.scene import Image


class Sink(Output):
    """Converts each picture to I420 and writes it away, as pyvirtualcam does for v4l2loopback.

    Attributes:
        sent: Number and time of each picture, as `time.monotonic()` once it was written.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self.name = "sink"
        self.size = size
        self.sent: list[tuple[int, float]] = []
        self._yuv = np.empty((height * 3 // 2, width), np.uint8)
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed by `close`)

    def send(self, image: Image) -> None:
        """Convert and write one picture."""
        cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420, dst=self._yuv)
        self._file.seek(0)
        self._file.write(self._yuv.data)
        self.sent.append((read_number(image), time.monotonic()))

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self._file.close()
