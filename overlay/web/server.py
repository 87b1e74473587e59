"""Serves the built page to browsers on this machine, and to nobody else."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from overlay.errors import WebError

#: What the page may load: its own files, and nothing from elsewhere. The page says the same of
#: itself; here it also covers its scripts, and keeps other pages from showing it in a frame.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob: mediastream:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TYPES = {
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".onnx": "application/octet-stream",
    ".tflite": "application/octet-stream",
}
# A folder of this name is named after its content, so what is in it never changes.
_LASTING = "/assets-"


def page_dir() -> Path:
    """The folder with the built page.

    An installed wheel carries it inside the package; in a checkout it is `web/dist`.

    Raises:
        WebError: It was not built.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "page", package.parents[1] / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    raise WebError("the page is not built: install Node.js 18 or newer, then run `make web`")


class PageServer(ThreadingHTTPServer):
    """Answers requests from this machine alone, until it is closed.

    Args:
        port: Where to listen, 1 to 65535; 0 for any that is free.

    Attributes:
        address: What to enter in the browser.

    Raises:
        WebError: The page was not built, or the port is in use or not allowed.
    """

    def __init__(self, port: int) -> None:
        handler = partial(_Handler, directory=str(page_dir()))
        try:
            super().__init__(("127.0.0.1", port), handler)
        except OSError as error:
            reason = error.strerror or "it cannot be used"
            raise WebError(f"port {port}: {reason}; choose another with --port") from error
        self.address = f"http://127.0.0.1:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind without asking the network what this machine is called, as `HTTPServer` would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


class _Handler(SimpleHTTPRequestHandler):
    """Sends files of the page, with headers that keep it to itself."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}  # noqa: RUF012

    def end_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        lasting = self.path.startswith(_LASTING)
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache"
        )
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        """There are no lists of files."""
        self.send_error(404)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""

    def version_string(self) -> str:
        """Not which Python this is."""
        return "emotion-overlay"
