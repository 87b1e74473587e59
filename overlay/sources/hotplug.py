"""Reopens the same camera after it was unplugged or lost."""

from __future__ import annotations

import time
from collections.abc import Callable

from overlay.errors import SourceError, SourceRefusedError
from overlay.language import LazyText
from overlay.sources.base import Source
from overlay.sources.cameras import CameraInfo, list_cameras

#: A source that refuses is asked again only after this long, in seconds: cameras may lock a user
#: out who tries a wrong password again and again.
ASK_AGAIN_S = 30.0


class SameSource:
    """Opens what the user named and, after a loss, exactly the same again.

    Which camera `auto`, `webcam` or an index means is decided when it is first opened; from then on
    it is that camera only, whatever its number has become. If `auto` found no camera and opened
    the demo, a camera that appears later does not replace it in the middle of a call.

    Not thread-safe: the engine opens its source in one thread.
    """

    def __init__(self, spec: str) -> None:
        """Remember the name; nothing is opened yet.

        Args:
            spec: As for `open_source`.
        """
        self._spec = spec
        self._camera: CameraInfo | None = None
        self._refusal: tuple[SourceRefusedError, float] | None = None

    def open(
        self,
        *,
        size: tuple[int, int],
        fps: float,
        pace: bool = True,
        loop: bool = False,
        before_camera: Callable[[], None] = lambda: None,
    ) -> Source:
        """Open it, with the arguments of `open_source`.

        Raises:
            SourceError: It cannot be opened now; a camera may come back.
        """
        from overlay.sources import open_source
        from overlay.sources.webcam import WebcamSource

        if self._camera is not None:
            camera = find_again(self._camera)
            before_camera()
            return WebcamSource(camera, size=size, fps=fps)
        if self._refusal is not None and time.monotonic() < self._refusal[1]:
            raise self._refusal[0]
        try:
            source = open_source(
                self._spec, size=size, fps=fps, pace=pace, loop=loop, before_camera=before_camera
            )
        except SourceRefusedError as error:
            self._refusal = error, time.monotonic() + ASK_AGAIN_S
            raise
        if isinstance(source, WebcamSource):
            self._camera = source.camera
        elif self._spec == "auto":
            self._spec = "demo"
        return source


def find_again(camera: CameraInfo, cameras: list[CameraInfo] | None = None) -> CameraInfo:
    """Find a camera that was there before, by its stable id.

    Its name must match as well, because another camera may have taken over its device node. Where
    the id depends on the port (macOS, Windows, and Linux without `/dev/v4l/by-id`), the only
    camera with that name counts as the same one in another port.

    Args:
        camera: The camera as it was.
        cameras: The cameras present now; `list_cameras()` if not given.

    Raises:
        SourceError: The camera is not there.
    """
    present = list_cameras() if cameras is None else cameras
    kind = (camera.name, camera.infrared)
    namesakes = [c for c in present if c.usable and (c.name, c.infrared) == kind]
    for candidate in namesakes:
        if candidate.path == camera.path:
            return candidate
    if len(namesakes) == 1 and "/by-id/" not in camera.path:
        return namesakes[0]
    raise SourceError(
        LazyText("webcam {camera} is unplugged: plug it in again, or choose another", camera=camera)
    )
