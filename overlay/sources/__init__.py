"""Sources of frames: webcam, network camera, video file, image, folder of images, built-in demo."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from overlay.camera_url import is_camera_url, shown
from overlay.errors import SourceError
from overlay.language import N_, LazyText
from overlay.sources import _opencv  # noqa: F401  (quietens OpenCV for the whole room)
from overlay.sources.base import Source
from overlay.sources.cameras import CameraInfo, camera_nodes, default_cameras, list_cameras
from overlay.sources.fit import Part, fit, shown_part, turn
from overlay.sources.hotplug import SameSource

__all__ = [
    "CameraInfo",
    "Part",
    "SameSource",
    "Source",
    "camera_nodes",
    "default_cameras",
    "fit",
    "list_cameras",
    "means_camera",
    "means_video",
    "open_source",
    "shown_part",
    "turn",
]

_POSSIBLE = N_(
    "auto, webcam, webcam:2, webcam:NAME, /dev/video0, demo, demo:9, the rtsp:// or http:// URL of "
    "a network camera, or the path of a video, an image or a folder of images"
)


def open_source(
    spec: str,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: float = 30.0,
    pace: bool = True,
    loop: bool = False,
    before_camera: Callable[[], None] = lambda: None,
) -> Source:
    """Open a source by its name.

    Args:
        spec: `auto` (the first real webcam that works, else the demo), `webcam`, `webcam:2` (an
            index), `webcam:Logitech` (part of a name), `/dev/video0` or `/dev/v4l/by-id/...`,
            `demo`, `demo:9` (nine faces), the URL of a network camera (`rtsp://`, `rtsps://`,
            `http://`, `https://`), or the path of an image, a folder of images or a video.
        size: Width and height in pixels to request from a webcam, and of the demo; files keep
            their own.
        fps: Frames per second of webcam, demo and images; videos keep their own.
        pace: Whether files and the demo play in real time; webcams always do.
        loop: Whether files start again at the end.
        before_camera: Called before a webcam or network camera is opened; may raise to keep it
            closed.

    Raises:
        SourceError: It cannot be opened, or there is no such source.
    """
    if "\0" in spec:  # which no system call takes
        raise _unknown(spec)
    kind, _colon, detail = spec.partition(":")
    if spec == "auto":
        return _open_auto(size, fps, pace, before_camera)
    if is_camera_url(spec):
        from overlay.sources.network import NetworkSource

        before_camera()
        return NetworkSource(spec)
    if means_camera(spec):
        return _open_webcam(detail if kind == "webcam" else spec, size, fps, before_camera)
    if spec == "demo" or (kind == "demo" and detail.isdecimal() and len(detail) < 10):
        from overlay.sources.demo import DemoSource

        return DemoSource(size=size, fps=fps, faces=int(detail or 1), pace=pace)
    return _open_file(spec, fps, pace, loop)


def means_camera(spec: str) -> bool:
    """Whether a webcam or network camera is meant; `auto` means one where there is a webcam."""
    if spec == "auto":
        return any(camera.usable for camera in list_cameras())
    if is_camera_url(spec):
        return True
    return spec.partition(":")[0] == "webcam" or spec.startswith("/dev/") or _is_device(spec)


def means_video(spec: str) -> bool:
    """Whether it is the path of a video file."""
    from overlay.sources.file_kind import is_still

    path = Path(spec)
    return os.path.isfile(path) and not is_still(path) and not means_camera(spec)


def _is_device(spec: str) -> bool:
    """Whether it is a link to a device, from outside `/dev`."""
    try:
        return sys.platform != "win32" and stat.S_ISCHR(os.stat(spec).st_mode)
    except (OSError, ValueError):  # not there, or nothing that could be a path
        return False


def _open_auto(
    size: tuple[int, int], fps: float, pace: bool, before_camera: Callable[[], None]
) -> Source:
    error: SourceError | None = None
    for camera in default_cameras(list_cameras()):
        from overlay.sources.webcam import WebcamSource

        before_camera()
        try:
            return WebcamSource(camera, size=size, fps=fps)
        except SourceError as problem:
            error = error or problem
    if error is not None:  # who has a webcam wants to know why it is not used
        raise error
    return open_source("demo", size=size, fps=fps, pace=pace)


def _open_webcam(
    which: str, size: tuple[int, int], fps: float, before_camera: Callable[[], None]
) -> Source:
    from overlay.sources.webcam import WebcamSource, find_camera

    camera = find_camera(which)
    before_camera()
    return WebcamSource(camera, size=size, fps=fps)


def _open_file(spec: str, fps: float, pace: bool, loop: bool) -> Source:
    from overlay.sources.file_kind import is_still
    from overlay.sources.image import ImageSource
    from overlay.sources.video import VideoSource

    path = Path(spec)
    if not spec or not os.path.exists(path):
        raise _unknown(spec)
    if is_still(path):
        return ImageSource(path, fps=fps, pace=pace, loop=loop)
    return VideoSource(path, pace=pace, loop=loop)


def _unknown(spec: str) -> SourceError:
    return SourceError(
        LazyText(
            "there is no source or file '{spec}': use {possible}",
            spec=shown(spec),
            possible=LazyText(_POSSIBLE),
        )
    )
