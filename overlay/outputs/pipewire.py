"""Frames to a PipeWire camera, which browsers and OBS find through the camera portal.

It needs neither root nor a kernel module. GStreamer creates the camera in a separate process: a
fault in it cannot end the application, and its Python binding needs the system's Python.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from overlay.errors import OutputError
from overlay.language import LazyText, _
from overlay.outputs.base import Output
from overlay.outputs.v4l2loopback import CAMERA_LABEL, Obstacle
from overlay.scene import Image

INSTALL = (
    "sudo apt install python3-gi gir1.2-gstreamer-1.0 gstreamer1.0-plugins-base "
    "gstreamer1.0-pipewire wireplumber xdg-desktop-portal"
)
START = "systemctl --user start pipewire wireplumber"

_SYSTEM_PYTHON = Path("/usr/bin/python3")
_PROCESS = Path(__file__).with_name("_gstreamer_process.py")
_SINK = (
    # From here on copies: pipewiresink 0.3.65 crashes if an element writes to its own buffers.
    "identity drop-allocation=true "
    "! queue leaky=downstream max-size-buffers=2 "
    "! pipewiresink mode=provide sync=false"
)
_NODE = {
    "media.class": "Video/Source",
    "media.role": "Camera",
    "node.name": "emotion-overlay",
    "node.description": rf"(string)\"{CAMERA_LABEL}\"",
}
_SILENT = Obstacle(LazyText("PipeWire does not answer"), START)
_OPENING_S = 20.0
_CLOSING_S = 2.0
#: The largest size that Linux allows every user: fewer context switches for each frame.
_PIPE_BYTES = 1 << 20


def find_obstacle() -> Obstacle | None:
    """What is missing for a PipeWire camera, or None if one can be created; creates none."""
    if absent := _absent():
        return absent
    with _gstreamer(f"rawvideoparse fakesrc num-buffers=0 ! {_SINK}") as process:
        try:
            said, _ = process.communicate(timeout=_OPENING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return _SILENT
    return _obstacle_in(said.splitlines())


class PipeWireCamera(Output):
    """A PipeWire camera that exists as long as the output is open.

    Only the newest frame waits for GStreamer, which drops what no reader takes, so sending never
    waits for either.
    """

    def __init__(self, size: tuple[int, int], fps: float) -> None:
        """Create the camera and wait until it is there.

        Args:
            size: Width and height of the frames in pixels: the width a multiple of 8 and the
                height even, so that no row of the YUV format ends in padding, which Chromium
                does not expect.
            fps: Frames per second that it announces.

        Raises:
            OutputError: It cannot be created; at most two lines that say what is missing and how
                to get it.
        """
        if size[0] % 8 or size[1] % 2:
            raise OutputError(
                LazyText(
                    "a PipeWire camera needs a width divisible by 8 and an even height, not "
                    "{width}x{height}",
                    width=size[0],
                    height=size[1],
                )
            )
        if absent := _absent():
            raise OutputError(_explain(absent))
        self.name = _("PipeWire camera “{name}”").format(name=CAMERA_LABEL)
        self.size = size
        self._said: list[bytes] = []
        self._settled = threading.Event()
        self._waiting: queue.Queue[bytes | None] = queue.Queue(maxsize=1)
        self._process = _gstreamer(_pipeline(size, fps))
        self._threads = [
            threading.Thread(target=work, name="pipewire", daemon=True)
            for work in (self._listen, self._write)
        ]
        for thread in self._threads:
            thread.start()
        self._wait_until_there()

    def send(self, image: Image) -> None:
        """Hand over one frame; it replaces a frame that is still waiting.

        Raises:
            OutputError: GStreamer has ended.
        """
        if self._process.poll() is not None:
            obstacle = _obstacle_in(self._said)
            reason = obstacle.problem if obstacle else LazyText("GStreamer has ended")
            raise OutputError(
                LazyText(
                    "{name} no longer accepts pictures ({reason})", name=self.name, reason=reason
                )
            )
        self._put(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())

    def close(self) -> None:
        """Remove the camera; safe to call twice."""
        self._put(None)
        try:
            self._process.wait(_CLOSING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()

    def _wait_until_there(self) -> None:
        """Send a black frame, because a camera is announced with its first one."""
        black = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        self._put(cv2.cvtColor(black, cv2.COLOR_BGR2YUV_I420).tobytes())
        self._settled.wait(_OPENING_S)
        if b"ready" not in self._said or self._process.poll() is not None:
            self.close()
            raise OutputError(_explain(_obstacle_in(self._said) or _SILENT))

    def _put(self, frame: bytes | None) -> None:
        with contextlib.suppress(queue.Empty):
            self._waiting.get_nowait()
        self._waiting.put(frame)

    def _write(self) -> None:
        """Feed GStreamer until the output is closed or GStreamer ends."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as pipe:
            for frame in iter(self._waiting.get, None):
                pipe.write(frame)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._said.append(line.strip())
                self._settled.set()
        self._process.wait()
        self._settled.set()


def _absent() -> Obstacle | None:
    """Why GStreamer cannot even be started, or None if it can."""
    if sys.platform != "linux":
        return Obstacle(LazyText("PipeWire is for Linux"), "emotion-overlay run --output virtual")
    if not _SYSTEM_PYTHON.exists():
        return Obstacle(LazyText("there is no {path}", path=_SYSTEM_PYTHON), INSTALL)
    return None


def _explain(obstacle: Obstacle) -> LazyText:
    return LazyText(
        "No PipeWire camera: {problem}. Run: {command}",
        problem=obstacle.problem,
        command=obstacle.fix,
    )


def _pipeline(size: tuple[int, int], fps: float) -> str:
    width, height = size
    rate = Fraction(fps).limit_denominator(1001)
    node = ",".join(f"{name}={value}" for name, value in _NODE.items())
    return (
        f"fdsrc fd=0 blocksize={width * height * 3 // 2} do-timestamp=true "
        f"! rawvideoparse format=i420 width={width} height={height} framerate={rate} "
        f'colorimetry=bt601 ! {_SINK} stream-properties="camera,{node}"'
    )


def _gstreamer(pipeline: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [_SYSTEM_PYTHON, "-I", _PROCESS, pipeline],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=_PIPE_BYTES,
        env={**os.environ, "LC_ALL": "C"},
        start_new_session=True,  # Ctrl-C is for the application, which then closes it
    )


def _obstacle_in(lines: Iterable[bytes]) -> Obstacle | None:
    """The first thing that GStreamer's process complained about, and its fix."""
    for line in lines:
        word, _space, detail = line.decode(errors="replace").partition(" ")
        if word == "missing":
            return Obstacle(
                LazyText("GStreamer is not complete ({detail})", detail=detail), INSTALL
            )
        if word == "failed":
            return Obstacle(LazyText("PipeWire does not answer ({detail})", detail=detail), START)
    return None
