"""A pyvirtualcam backend that stands where a device would: it keeps the frames it is sent.

pyvirtualcam calls whatever is registered like a class, so one object is both the registered
"class" and the backend; a test holds the object and reads what came.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
from pyvirtualcam import PixelFormat, register_backend
from pyvirtualcam.camera import BACKENDS
from pyvirtualcam.util import decode_fourcc

NAME = "test"


class CameraBackend:
    """Receives frames as a virtual camera does.

    Attributes:
        frames: uint8 [height, width, 3], BGR, as received; the newest `limit`.
        times: `time.monotonic()` of every frame ever received.
        width, height, fps, format: What the camera was opened with.
        opened: How often it was opened.
        is_open: Whether it is open now.
        fail_open: A message to refuse opening with, or None.
        fail_send: A message to refuse frames with, or None; may be set while frames flow.
    """

    def __init__(self, *, limit: int | None = None, fail_open: str | None = None) -> None:
        self.frames: deque[npt.NDArray[np.uint8]] = deque(maxlen=limit)
        self.times: list[float] = []
        self.width = self.height = 0
        self.fps = 0.0
        self.format: PixelFormat | None = None
        self.opened = 0
        self.is_open = False
        self.fail_open = fail_open
        self.fail_send: str | None = None

    def __call__(
        self, *, width: int, height: int, fps: float, fourcc: int, device: str | None
    ) -> CameraBackend:
        if self.fail_open is not None:
            raise RuntimeError(self.fail_open)
        if device not in (None, "Test Camera"):
            raise RuntimeError(f"no device {device}")
        self.format = PixelFormat(decode_fourcc(fourcc))
        if self.format not in (PixelFormat.BGR, PixelFormat.RGB):
            raise RuntimeError(f"unsupported format {self.format}")
        self.width, self.height, self.fps = width, height, fps
        self.opened += 1
        self.is_open = True
        return self

    def send(self, frame: npt.NDArray[np.uint8]) -> None:
        if self.fail_send is not None:
            raise RuntimeError(self.fail_send)
        assert self.is_open
        assert frame.ndim == 1
        assert frame.flags.c_contiguous
        self.times.append(time.monotonic())
        image = frame.reshape(self.height, self.width, 3)
        if self.format is PixelFormat.RGB:
            self.frames.append(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        else:
            self.frames.append(image.copy())

    def close(self) -> None:
        assert self.is_open, "pyvirtualcam promises to close a backend exactly once"
        self.is_open = False

    def device(self) -> str:
        return "Test Camera"

    def native_fourcc(self) -> int | None:
        return None


@contextmanager
def registered(backend: CameraBackend) -> Iterator[CameraBackend]:
    """Register a backend as `test` for a while: `open_output("virtual:backend=test", ...)`."""
    register_backend(NAME, backend)
    try:
        yield backend
    finally:
        BACKENDS.pop(NAME, None)
