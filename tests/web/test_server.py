"""`emotion-overlay web` serves the page to this machine, with headers that keep it to itself."""

from __future__ import annotations

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest

from overlay import cli
from overlay.errors import WebError
from overlay.web import server as serving
from overlay.web.server import POLICY, PageServer

INDEX = Path(__file__).resolve().parents[2] / "web" / "src" / "index.html"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `make web` builds it, but small."""
    assets = tmp_path / "assets-0123"
    assets.mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>page")
    (assets / "main.js").write_text("1")
    (assets / "ort.wasm").write_bytes(b"\0asm")
    monkeypatch.setattr(serving, "page_dir", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def address(page: Path) -> Iterator[str]:
    with PageServer(0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


def _get(address: str) -> tuple[bytes, HTTPMessage]:
    with urllib.request.urlopen(address) as response:
        return response.read(), response.headers


def test_the_page_is_served(address: str) -> None:
    body, headers = _get(address)
    assert body == b"<!doctype html>page"
    assert headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("name", "kind"), [("main.js", "text/javascript"), ("ort.wasm", "application/wasm")]
)
def test_scripts_and_programs_have_the_types_that_browsers_want(
    address: str, name: str, kind: str
) -> None:
    assert _get(f"{address}assets-0123/{name}")[1]["Content-Type"] == kind


def test_what_is_named_after_its_content_is_kept_and_the_page_is_not(address: str) -> None:
    assert "immutable" in _get(f"{address}assets-0123/main.js")[1]["Cache-Control"]
    assert _get(address)[1]["Cache-Control"] == "no-cache"


def test_the_browser_may_load_nothing_from_elsewhere(address: str) -> None:
    policy = _get(address)[1]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|\*|unsafe-inline|'unsafe-eval'", policy)


def test_the_page_has_the_same_policy_as_the_server() -> None:
    in_page = re.search(r'Content-Security-Policy" content="([^"]*)"', INDEX.read_text())
    assert in_page is not None
    assert f"{in_page[1]}; frame-ancestors 'none'" == POLICY


@pytest.mark.parametrize("path", ["assets-0123/", "../pyproject.toml", "missing.js", "%2e%2e/x"])
def test_neither_folders_nor_files_outside_are_shown(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(address + path)
    assert refused.value.code == 404


def test_only_this_machine_can_connect(page: Path) -> None:
    with PageServer(0) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_port_in_use_is_named(page: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WebError, match=f"port {port}: .*--port"):
            PageServer(port)


def test_without_a_page_one_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(serving, "__file__", str(tmp_path / "a" / "overlay" / "web" / "server.py"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["web"])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "make web" in line
