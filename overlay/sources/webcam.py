"""Frames from a physical webcam."""

from __future__ import annotations

import os
import sys
import time

import cv2

from overlay.errors import SourceError, SourceLostError
from overlay.language import N_, LazyText, _
from overlay.scene import Frame
from overlay.sources.base import Source
from overlay.sources.cameras import CameraInfo, default_cameras, list_cameras
from overlay.sources.fit import to_bgr

#: A bad cable damages single frames; after this many in a row the camera counts as lost.
_MAX_DAMAGED = 10

_BUSY = {
    "linux": N_(
        "camera {camera} is busy or delivers no pictures: close the other program that uses it"
    ),
    "darwin": N_(
        "camera {camera} is busy or delivers no pictures: close the other program that uses it, or "
        "allow it in System Settings > Privacy & Security > Camera"
    ),
    "win32": N_(
        "camera {camera} is busy or delivers no pictures: close the other program that uses it, or "
        "allow it in Settings > Privacy & security > Camera"
    ),
}


def find_camera(which: str = "", cameras: list[CameraInfo] | None = None) -> CameraInfo:
    """Find the camera that the user means.

    Args:
        which: Its index, a stable path or device node, part of its name in upper or lower case,
            or empty for the first real camera. Of several with such a name it is the first with
            colours.
        cameras: The cameras of this computer; `list_cameras()` if not given.

    Raises:
        SourceError: There is no such camera, or it is virtual or not a capture device.
    """
    cameras = list_cameras() if cameras is None else cameras
    if not which:
        matches = default_cameras(cameras)
    elif which.isdecimal() and len(which) < 10:
        matches = [camera for camera in cameras if camera.index == int(which)]
        if not matches and sys.platform != "linux":  # a system that lists only some of them
            matches = [CameraInfo(int(which), "camera", "")]
    elif os.sep in which:
        node = os.path.realpath(which)
        matches = [camera for camera in cameras if os.path.realpath(camera.path) == node]
    else:
        matches = [c for c in cameras if which.casefold() in c.name.casefold() or which == c.path]
    matches.sort(key=lambda camera: (not camera.usable, camera.infrared))
    if not matches:
        raise SourceError(_not_found(which, cameras))
    _refuse_unusable(matches[0])
    return matches[0]


def _not_found(which: str, cameras: list[CameraInfo]) -> LazyText:
    usable = ", ".join(str(camera) for camera in cameras if camera.usable)
    if which and usable:
        text = N_("no webcam like '{name}': there are {others}")
    elif usable:
        text = N_("no webcam: there are {others}")
    elif which:
        text = N_("no webcam like '{name}' found: plug one in, or use the source 'demo' or a file")
    else:
        text = N_("no webcam found: plug one in, or use the source 'demo' or a file")
    return LazyText(text, name=which, others=usable)


def _refuse_unusable(camera: CameraInfo) -> None:
    if camera.virtual:
        raise SourceError(
            LazyText(
                "camera {camera} is a virtual camera, so the output would feed itself: choose a "
                "real webcam",
                camera=camera,
            )
        )
    if not camera.capture:
        raise SourceError(
            LazyText(
                "camera {camera} is not a capture device: choose another of the camera's devices",
                camera=camera,
            )
        )


class WebcamSource(Source):
    """A webcam, asked for MJPG at a size and rate; it may deliver others.

    Frames are stamped right after they are taken. If the camera changes its size, frames of the
    new size follow.

    Attributes:
        camera: The camera.
    """

    def __init__(self, camera: CameraInfo, *, size: tuple[int, int], fps: float) -> None:
        """Open the camera.

        Args:
            camera: From `find_camera` or `list_cameras`.
            size: Width and height to request, in pixels.
            fps: Frames per second to request.

        Raises:
            SourceError: It is virtual, gone or busy, or its use is not permitted.
        """
        _refuse_unusable(camera)
        _check_permission(camera)
        self.camera = camera
        self.name = _("webcam {camera}").format(camera=camera)
        self.live = True
        self._index = 0
        self._capture = _open(camera, size, fps)
        # Only a first frame shows that the camera is free, and which size it really delivers.
        if not self._capture.read()[0]:
            self._capture.release()
            raise SourceError(_busy(camera))
        self.size = (
            int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = rate if 0 < rate <= 1000 else fps

    def read(self) -> Frame:
        """Wait for the next frame.

        Raises:
            SourceLostError: The camera stopped delivering.
        """
        for _attempt in range(_MAX_DAMAGED):
            if not self._capture.grab():
                break
            time_s = time.monotonic()
            ok, image = self._capture.retrieve()
            if ok and image is not None:  # OpenCV may report success for a damaged frame
                frame = Frame(to_bgr(image), time_s, self._index)
                self._index += 1
                return frame
        self.close()
        raise SourceLostError(
            LazyText("{name} sends no more pictures: plug it in again", name=self.name)
        )

    def close(self) -> None:
        """Release the camera; safe to call twice."""
        self._capture.release()


def _open(camera: CameraInfo, size: tuple[int, int], fps: float) -> cv2.VideoCapture:
    for backend in _backends():
        capture = cv2.VideoCapture(camera.index, backend)
        if capture.isOpened():
            # The pixel format first: the available sizes and rates depend on it.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
            capture.set(cv2.CAP_PROP_FPS, fps)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            return capture
    raise SourceError(_busy(camera))


def _backends() -> tuple[int, ...]:
    if sys.platform == "darwin":
        return (cv2.CAP_AVFOUNDATION,)
    if sys.platform == "win32":
        return (cv2.CAP_DSHOW, cv2.CAP_MSMF)
    return (cv2.CAP_V4L2,)


def _check_permission(camera: CameraInfo) -> None:
    if sys.platform != "linux":
        return
    if not os.path.exists(camera.path):
        raise SourceError(LazyText("camera {camera} is unplugged: plug it in again", camera=camera))
    if not os.access(camera.path, os.R_OK | os.W_OK):
        raise SourceError(
            LazyText(
                "no permission to use camera {camera}: run 'sudo usermod -aG video $USER', then "
                "log in again",
                camera=camera,
            )
        )


def _busy(camera: CameraInfo) -> LazyText:
    return LazyText(_BUSY.get(sys.platform, _BUSY["linux"]), camera=camera)
