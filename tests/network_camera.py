"""Network cameras on this machine: MJPEG over HTTP from Python, RTSP from GStreamer's server."""

from __future__ import annotations

import base64
import contextlib
import http.server
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

#: Width and height of the pictures, in pixels.
SIZE = (320, 240)

FPS = 20.0

#: What the cameras ask for where they ask for anything.
USER, PASSWORD = "ana", "opensesame"

_RTSP_SERVER = Path(__file__).with_name("rtsp_server.py")
_RTSP_PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-ugly"
)


class HttpCamera:
    """A camera with a picture whose gray level grows by one a frame, and some bad manners.

    Attributes:
        port: Where it listens on 127.0.0.1; the same after `restart`.
        requests: How often it was asked for something.
        frozen: Whether it sends no more pictures, and keeps the connection.
    """

    def __init__(self) -> None:
        self.port = 0
        self.requests = 0
        self.frozen = False
        self._server: _Server | None = None
        self.restart()

    def url(self, path: str = "video", login: str = "") -> str:
        """The URL of one of its paths, with `NAME:PASSWORD@` or without."""
        return f"http://{login}127.0.0.1:{self.port}/{path}"

    def restart(self) -> None:
        """Be on again."""
        self._server = _Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def kill(self) -> None:
        """Be off, with all connections."""
        if self._server is not None:
            self._server.off.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], camera: HttpCamera) -> None:
        self.camera = camera
        self.off = threading.Event()
        super().__init__(address, _Answer)


class _Answer(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.camera.requests += 1
        path = self.path.strip("/").partition("?")[0]
        answer = getattr(self, f"_{path}", None)
        with contextlib.suppress(OSError):  # the reader has gone
            if answer is None:
                self.send_error(404)
            else:
                answer()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass

    def _begin(self, kind: str, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _video(self) -> None:
        self._begin("multipart/x-mixed-replace; boundary=part")
        level = 0
        while not self.server.off.is_set():
            if not self.server.camera.frozen:
                level = (level + 1) % 256
                picture = np.full((SIZE[1], SIZE[0], 3), level, np.uint8)
                jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
                head = f"--part\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
            time.sleep(1 / FPS)

    def _locked(self) -> None:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {login}":
            self._video()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        self.end_headers()

    def _page(self) -> None:
        self._begin("text/html")
        self.wfile.write(b"<html><body>Welcome to your camera</body></html>" * 50)

    def _broken(self) -> None:
        self.send_error(503)

    def _dripping(self) -> None:
        self._begin("multipart/x-mixed-replace; boundary=part")
        while not self.server.off.is_set():
            self.wfile.write(b"x")
            time.sleep(0.2)

    def _silent(self) -> None:
        self.server.off.wait()

    def _playlist(self) -> None:
        self._begin("application/vnd.apple.mpegurl")
        self.wfile.write(b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n")

    def _elsewhere(self) -> None:
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()


@contextlib.contextmanager
def http_camera() -> Iterator[HttpCamera]:
    """A camera that is off after the block."""
    camera = HttpCamera()
    try:
        yield camera
    finally:
        camera.kill()


@contextlib.contextmanager
def rtsp_camera(port: int = 0, *, locked: bool = False) -> Iterator[int]:
    """GStreamer's RTSP server with H.264 at `/cam`.

    Args:
        port: Where it listens on 127.0.0.1; 0 for any free one.
        locked: Whether it asks for name and password.

    Yields:
        The port.
    """
    python = "/usr/bin/python3"  # the system's, which has GObject introspection
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    if not shutil.which(python) or subprocess.run([python, "-c", probe], check=False).returncode:
        pytest.skip(f"DESKTOP MISSING: apt-get install {_RTSP_PACKAGES}")
    width, height = SIZE
    login = [USER, PASSWORD] if locked else []
    command = [python, str(_RTSP_SERVER), str(port), str(width), str(height), *login]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
