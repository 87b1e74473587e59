"""Programs that read a camera, each in its own way."""

from __future__ import annotations

import re
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

import cv2
import numpy as np

from overlay.scene import Image

Size = tuple[int, int]

#: v4l2loopback first hands out what has waited in its buffers, as real cameras do.
_WAITED = 3

_PATIENCE_S = 60.0
_RAW = Path("/run/frames.raw")


class Reader(ABC):
    """A program that reads the camera at a device node."""

    name: str

    def __init__(self, node: str) -> None:
        self.node = node

    @abstractmethod
    def label(self) -> str | None:
        """What the program calls the camera; None if it knows no names."""

    @abstractmethod
    def read(self, count: int, size: Size) -> list[Image]:
        """So many pictures in their order, uint8 [height, width, 3], BGR."""


class V4l2Ctl(Reader):
    name = "v4l2-ctl"

    def label(self) -> str | None:
        return _found(r"Card type\s*: (.*)", _output("v4l2-ctl", "-d", self.node, "--info"))

    def read(self, count: int, size: Size) -> list[Image]:
        _run("v4l2-ctl", "-d", self.node, "--stream-mmap=4", f"--stream-count={count + _WAITED}",
             f"--stream-to={_RAW}")  # fmt: skip
        frames = _frames((size[1] * 3 // 2, size[0]))
        return [np.asarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420), np.uint8) for yuv in frames]


class Ffmpeg(Reader):
    name = "ffmpeg"

    def label(self) -> str | None:
        sources = _output("ffmpeg", "-hide_banner", "-sources", "v4l2")
        return _found(rf"{self.node} \[(.*)\]", sources)

    def read(self, count: int, size: Size) -> list[Image]:
        _run("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "v4l2", "-i", self.node,
             "-frames:v", str(count + _WAITED), "-vsync", "passthrough",
             "-pix_fmt", "bgr24", "-f", "rawvideo", str(_RAW))  # fmt: skip
        return _frames((size[1], size[0], 3))


class GStreamer(Reader):
    name = "GStreamer"

    def label(self) -> str | None:
        return None  # it asks udev, which this machine does not run

    def read(self, count: int, size: Size) -> list[Image]:
        _run("gst-launch-1.0", "-q", "v4l2src", f"device={self.node}",
             f"num-buffers={count + _WAITED}", "!", "videoconvert", "!",
             "video/x-raw,format=BGR", "!", "filesink", f"location={_RAW}")  # fmt: skip
        return _frames((size[1], size[0], 3))


class OpenCv(Reader):
    name = "OpenCV"

    def label(self) -> str | None:
        return None

    def read(self, count: int, size: Size) -> list[Image]:
        capture = cv2.VideoCapture(int(self.node.removeprefix("/dev/video")), cv2.CAP_V4L2)
        try:
            images = [capture.read() for _ in range(count + _WAITED)]
        finally:
            capture.release()
        return [np.asarray(image, np.uint8) for ok, image in images[_WAITED:] if ok]


def _output(*command: str) -> str:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_PATIENCE_S
    )
    return done.stdout


def _run(*command: str) -> None:
    _RAW.unlink(missing_ok=True)
    subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=True)


def _found(expression: str, text: str) -> str:
    match = re.search(expression, text)
    return match[1].strip() if match else "not listed"


def _frames(shape: tuple[int, ...]) -> list[Image]:
    raw = np.fromfile(_RAW, np.uint8)
    return list(raw[: len(raw) // np.prod(shape) * np.prod(shape)].reshape(-1, *shape)[_WAITED:])


BROWSERLESS: tuple[type[Reader], ...] = (V4l2Ctl, Ffmpeg, GStreamer, OpenCv)
