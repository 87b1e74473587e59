"""Chromium in a call: lists the cameras, opens one by its label, draws its pictures."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from overlay.scene import Image

_PAGE = Path(__file__).with_name("page.html")
_PATIENCE_S = 240.0
_FLAGS = (
    "--headless",
    "--no-sandbox",  # there is no other user in this machine
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",  # says yes to the question for permission
)


class ChromiumError(Exception):
    """The page could not do what it was asked."""


class Chromium:
    """A running browser with the page of a call.

    Attributes:
        cameras: The labels that the page was shown when it last opened a camera.
    """

    name = "Chromium"

    def __init__(self, port: int) -> None:
        self.cameras: list[str] = []
        self._commands: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._pictures: queue.Queue[Image] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open(self, label: str, size: tuple[int, int]) -> None:
        """Open the camera whose label begins so.

        Raises:
            ChromiumError: It is not listed, or cannot be opened.
        """
        answer = self._ask("open", label=label, width=size[0], height=size[1])
        self.cameras = answer["cameras"]

    def close_camera(self) -> None:
        """Stop the camera, as leaving a call does."""
        self._ask("close")

    def read(self, count: int, size: tuple[int, int]) -> list[Image]:
        """So many pictures in their order, uint8 [height, width, 3], BGR; fewer if no more come.

        Their size is what the call was given; `size` is only what the other readers need.
        """
        self._ask("picture", count=count)
        images = []
        with contextlib.suppress(queue.Empty):
            while len(images) < count:
                images.append(self._pictures.get(timeout=_PATIENCE_S / 4))
        return images

    def journal(self) -> tuple[list[tuple[float, int | None]], list[str]]:
        """What has come since the last call.

        Returns:
            Time in seconds and number of each picture, and the track's events.
        """
        answer = self._ask("journal")
        return [(ms / 1000, number) for ms, number in answer["frames"]], answer["events"]

    def _ask(self, name: str, **values: Any) -> dict[str, Any]:
        self._commands.put({"name": name, **values})
        try:
            answer = self._answers.get(timeout=_PATIENCE_S)
        except queue.Empty:
            raise ChromiumError(f"no answer to {name}") from None
        if "error" in answer:
            raise ChromiumError(f"{answer['error']} {answer.get('cameras', '')}")
        return answer

    def next_command(self) -> dict[str, Any]:
        """For the page: what to do, or nothing yet."""
        try:
            return self._commands.get(timeout=5)
        except queue.Empty:
            return {}

    def take(self, path: str, body: bytes) -> None:
        """From the page: an answer, or a picture."""
        if path == "/answer":
            self._answers.put(json.loads(body))
        else:
            picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
            self._pictures.put(np.asarray(picture, np.uint8))


@contextlib.contextmanager
def chromium(port: int = 8088) -> Iterator[Chromium]:
    """A browser with an empty profile, ended with the context."""
    browser = Chromium(port)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["chromium", *_FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{port}/"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield browser
        finally:
            process.terminate()
            process.wait(20)
            browser._server.shutdown()
            browser._server.server_close()
            time.sleep(1)  # its children let go of the camera


def _handler(browser: Chromium) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/":
                self._reply(_PAGE.read_bytes(), "text/html")
            elif self.path == "/command":
                self._reply(json.dumps(browser.next_command()).encode(), "application/json")
            else:
                self._reply(b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            browser.take(self.path, body)
            self._reply(b"", "text/plain")

        def _reply(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            with contextlib.suppress(BrokenPipeError):  # the browser has ended meanwhile
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
