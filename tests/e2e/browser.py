"""Plays a video in Chromium and says what came of it."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

#: Debian's name for it, and others'.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
_PATIENCE_S = 120

_PAGE = """<!doctype html><video id="video" preload="auto"></video><script>
const video = document.getElementById("video");
const tell = (answer) => fetch("/answer", {method: "POST", body: JSON.stringify(answer)});
const happens = (name) => new Promise((done) => video.addEventListener(name, done, {once: true}));
const pixel = (x, y) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const at = [x * canvas.width, y * canvas.height];
  return [...context.getImageData(...at, 1, 1).data].slice(0, 3);
};
video.addEventListener("error", () => tell({error: video.error.message}));
(async () => {
  const url = new URLSearchParams(location.search).get("video");
  const canPlay = video.canPlayType("video/mp4") !== "" && happens("canplay");
  video.src = url;
  await canPlay;
  const first = pixel(0.25, 0.25);
  video.currentTime = video.duration * 0.9;
  await happens("seeked");
  const later = pixel(0.25, 0.25);
  video.currentTime = 0;
  video.playbackRate = 4;
  await video.play();
  await happens("ended");
  tell({
    width: video.videoWidth, height: video.videoHeight, duration: video.duration,
    first, later, soundBytes: video.webkitAudioDecodedByteCount,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
  });
})();
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and takes what the page has seen."""

    def __init__(self, *arguments: Any, answers: queue.Queue[dict[str, Any]], **named: Any) -> None:
        self._answers = answers
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        if not self.path.startswith("/?"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(_PAGE.encode())

    def do_POST(self) -> None:
        self._answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def play(video: Path) -> dict[str, Any]:
    """Play a whole video, with sound, in a browser with an empty profile.

    Returns:
        `error` and nothing else, or: `width` and `height` in pixels; `duration` in seconds;
        `first` and `later`, the colour (RGB) of a spot at the beginning and near the end; `frames`
        and `soundBytes`, how much was decoded.
    """
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None:
        pytest.skip("DESKTOP MISSING: apt-get install chromium")
    with (
        _serving(video.parent) as (port, answers),
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        page = f"http://127.0.0.1:{port}/?video={video.name}"
        process = subprocess.Popen(
            [browser, *_FLAGS, f"--user-data-dir={profile}", page],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return answers.get(timeout=_PATIENCE_S)
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def _serving(folder: Path) -> Iterator[tuple[int, queue.Queue[dict[str, Any]]]]:
    answers: queue.Queue[dict[str, Any]] = queue.Queue()
    handler = partial(_Handler, directory=str(folder), answers=answers)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, answers
        server.shutdown()
