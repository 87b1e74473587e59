"""Cameras without hardware: a made-up device folder, and OpenCV's `VideoCapture` standing on it."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay import sources
from overlay.sources import hotplug, list_cameras, webcam

SIZE = (96, 72)
DESK, LID = "Desk Camera", "Lid Camera"
COLOR = {DESK: 200, LID: 90}


class Socket:
    """A made-up device folder into which cameras are plugged.

    Attributes:
        opened: How often a camera was opened.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opened = 0
        (root / "dev/v4l/by-id").mkdir(parents=True)
        (root / "sys/class/video4linux").mkdir(parents=True)

    def plug(self, index: int, name: str, serial: str | None = None) -> None:
        sysfs = self.root / f"sys/class/video4linux/video{index}"
        sysfs.mkdir()
        (sysfs / "name").write_text(f"{name}\n")
        (sysfs / "index").write_text("0\n")
        (self.root / f"dev/video{index}").touch()
        if serial:
            link = self.root / f"dev/v4l/by-id/usb-{serial}-video-index0"
            link.symlink_to(f"../../video{index}")

    def unplug(self, index: int) -> None:
        for link in self.root.glob("dev/v4l/by-id/*"):
            if link.resolve().name == f"video{index}":
                link.unlink()
        (self.root / f"dev/video{index}").unlink()
        for path in (self.root / f"sys/class/video4linux/video{index}").iterdir():
            path.unlink()
        (self.root / f"sys/class/video4linux/video{index}").rmdir()

    def unplug_when_opened(self, index: int, *, again_after_s: float | None = None) -> None:
        """Unplug a camera soon after it was opened, and perhaps plug it in again."""

        def work() -> None:
            name = self.name(index)
            while not self.opened:
                time.sleep(0.01)
            time.sleep(0.5)
            self.unplug(index)
            if again_after_s is not None:
                time.sleep(again_after_s)
                self.plug(index, str(name))

        threading.Thread(target=work, daemon=True).start()

    def name(self, index: int) -> str | None:
        path = self.root / f"sys/class/video4linux/video{index}/name"
        return path.read_text().strip() if path.exists() else None


class Capture:
    """What OpenCV would open in that socket: a picture of the camera's own colour."""

    def __init__(self, socket: Socket, index: int, backend: int) -> None:
        self._socket, self._index = socket, index
        self._name = socket.name(index)
        socket.opened += 1

    def isOpened(self):  # noqa: N802
        return self._name is not None

    def grab(self):
        time.sleep(0.005)
        return self._name is not None and self._socket.name(self._index) == self._name

    def retrieve(self):
        return True, np.full((SIZE[1], SIZE[0], 3), COLOR[self._name], np.uint8)

    def read(self):
        return self.retrieve() if self.grab() else (False, None)

    def get(self, _):
        return 0.0

    def set(self, *_):
        return True

    def release(self):
        self._name = None


def install_socket(root: Path, patch: pytest.MonkeyPatch) -> Socket:
    """A socket in an empty folder, which everything that looks for cameras looks into."""
    socket = Socket(root)
    listing = partial(list_cameras, root)
    for module in (sources, hotplug, webcam):
        patch.setattr(module, "list_cameras", listing)
    patch.setattr(cv2, "VideoCapture", partial(Capture, socket))
    patch.setattr("sys.platform", "linux")
    return socket
