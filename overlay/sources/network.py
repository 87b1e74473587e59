"""Frames from a network camera: RTSP, or live video over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import av

from overlay.camera_url import shown
from overlay.errors import SourceError, SourceLostError, SourceRefusedError
from overlay.host.device_thread import DeviceThread
from overlay.language import LazyText, _
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.rendition import Rendition

#: How long a camera may take until its first picture, in seconds.
OPEN_S = 8.0

#: A camera that delivers nothing for so long is lost, in seconds.
STALL_S = 3.0

#: How long FFmpeg waits for a server, at the start and for each packet, in seconds.
_TIMEOUTS_S = (6.0, 5.0)

#: How long `close` waits for the connection to be closed, in seconds.
_CLOSE_S = 0.3

_OPTIONS = {
    # No files, whatever a server answers, and no playlists, which would lead elsewhere.
    "protocol_whitelist": "tcp,udp,rtp,tls,http,https",
    "format_whitelist": "rtsp,mpjpeg,mpegts,flv",
    # Cameras have certificates that nobody has signed; SECURITY.md says what that means.
    "tls_verify": "0",
    "rtsp_flags": "prefer_tcp",
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "1000000",
}

_DEFAULT_FPS = 25.0
_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


class NetworkSource(Source):
    """A network camera. It is read in a thread of its own, and only the newest frame is kept.

    Frames are stamped when they arrive. The name shows no more of the URL than the host.
    """

    def __init__(self, url: str) -> None:
        """Connect and wait for the first frame.

        Args:
            url: Of the kind `rtsp://`, `rtsps://`, `http://` or `https://`; may hold a name and a
                password.

        Raises:
            SourceRefusedError: The camera asks for a password, or does not have such a stream.
            SourceError: It cannot be reached, or sends no live video that can be read.
        """
        self.name = _("network camera {url}").format(url=shown(url))
        self.live = True
        self._index = 0
        self._stream = _Stream(url)
        self._stream.start()
        try:
            self._first: tuple[Image, float] | None = self._stream.newest(OPEN_S)
        except Exception as error:
            self._stream.close()
            raise _explained(self.name, error) from None
        height, width = self._first[0].shape[:2]
        self.size = (width, height)
        self.fps = self._stream.fps

    def read(self) -> Frame:
        """Wait for the newest frame.

        Raises:
            SourceLostError: The camera stopped delivering.
        """
        taken, self._first = self._first, None
        try:
            image, time_s = taken or self._stream.newest(STALL_S)
        except Exception:
            self.close()
            raise SourceLostError(
                LazyText(
                    "{name} sends no more pictures: check that it is on and connected",
                    name=self.name,
                )
            ) from None
        self._index += 1
        return Frame(image, time_s, self._index - 1)

    def close(self) -> None:
        """End the connection, or leave it to end by itself; safe to call twice."""
        self._stream.close()


class _Stream(DeviceThread):
    """Decodes one connection until it ends.

    Attributes:
        fps: Frames a second as the stream says; known with the first frame.
    """

    def __init__(self, url: str) -> None:
        super().__init__(name="network camera", daemon=True)
        self._url = url
        self._changed = threading.Condition()
        self._newest: tuple[av.VideoFrame, float] | None = None
        self._error: Exception | None = None
        self._closed = False
        self._rendition = Rendition(None)
        self.fps = _DEFAULT_FPS

    def run(self) -> None:
        """Decode until the connection ends or `close` is called."""
        try:
            for frame in self._decode():
                if self._closed:
                    return
                with self._changed:
                    self._newest = frame, time.monotonic()
                    self._changed.notify_all()
            raise EOFError
        except Exception as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def newest(self, seconds: float) -> tuple[Image, float]:
        """Wait for a frame that has not been taken; older ones are gone.

        Returns:
            uint8 [height, width, 3], BGR, and when it arrived.

        Raises:
            TimeoutError: There was none for so many seconds.
            Exception: What ended the connection.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._newest or self._error, seconds):
                raise TimeoutError
            if self._newest is None:
                assert self._error is not None
                raise self._error
            (frame, time_s), self._newest = self._newest, None
        return self._rendition.show(frame), time_s

    def close(self) -> None:
        """Have the thread end with the next frame, or when FFmpeg has waited long enough."""
        self._closed = True
        self.join(_CLOSE_S)

    def _decode(self) -> Iterator[av.VideoFrame]:
        parts = urlsplit(self._url)
        scheme = parts.scheme.lower()
        socket.getaddrinfo(parts.hostname, parts.port or _PORTS[scheme])  # FFmpeg does not say
        url = parts._replace(scheme=scheme).geturl()
        with av.open(url, options=_OPTIONS, timeout=_TIMEOUTS_S) as container:
            if not container.streams.video:
                raise av.InvalidDataError(0, "no video")
            video = container.streams.video[0]
            video.thread_type = "SLICE"  # decoding several frames at a time would hold them back
            self._rendition = Rendition(video.sample_aspect_ratio)
            rate = float(video.average_rate or 0)
            self.fps = rate if 1 <= rate <= 120 else _DEFAULT_FPS
            for packet in container.demux(video):
                try:
                    yield from packet.decode()
                except av.InvalidDataError:  # damaged on the way; later ones may be whole
                    continue


def _explained(name: str, error: Exception) -> SourceError:
    """What the user should know about a connection that could not be made."""
    if isinstance(error, (av.HTTPUnauthorizedError, av.HTTPForbiddenError)):
        return SourceRefusedError(
            LazyText(
                "{name} wants another name or password: give them as in "
                "rtsp://NAME:PASSWORD@HOST/PATH",
                name=name,
            )
        )
    if isinstance(error, av.HTTPNotFoundError):
        return SourceRefusedError(
            LazyText(
                "{name} has no stream of this path: look up its URL in the camera's manual",
                name=name,
            )
        )
    if isinstance(error, av.HTTPError):
        return SourceRefusedError(
            LazyText("{name} refuses: {reason}", name=name, reason=error.strerror)
        )
    if isinstance(error, (TimeoutError, av.ExitError)):
        return SourceError(
            LazyText("{name} does not answer in time: check that it is on and reachable", name=name)
        )
    if isinstance(error, socket.gaierror):
        return SourceError(
            LazyText(
                "{name} is not known in this network: check the URL and the connection", name=name
            )
        )
    if isinstance(error, ConnectionRefusedError):
        return SourceError(
            LazyText(
                "{name} does not take connections: check that it is on, and the port", name=name
            )
        )
    return SourceError(
        LazyText(
            "{name} sends no live video that can be read: it must be RTSP, or MJPEG, MPEG-TS "
            "or FLV over HTTP; download a file first",
            name=name,
        )
    )
