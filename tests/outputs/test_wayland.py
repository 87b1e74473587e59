"""Windows on a Wayland compositor, Weston without a screen, and no X server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from overlay.host.display import has_display
from overlay.outputs.window import PreviewWindow
from tests.waiting import until

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: Wayland is for Linux"),
]


@pytest.fixture
def wayland(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if shutil.which("weston") is None:
        pytest.skip("WAYLAND MISSING: apt-get install weston")
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    compositor = subprocess.Popen(
        ["weston", "--backend=headless-backend.so", "--socket=wayland-1", "--idle-time=0"],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    until((tmp_path / "wayland-1").is_socket, "the compositor's socket")
    yield
    compositor.terminate()
    compositor.wait()


@pytest.mark.usefixtures("wayland")
def test_the_private_window_opens_and_closes() -> None:
    assert has_display()
    with PreviewWindow((640, 360)) as window:
        until(lambda: window.view == (640, 360), "it says that it is seen")
        window.send(np.zeros((360, 640, 3), np.uint8))
        process = window._process
        assert process.is_alive()
    assert not process.is_alive()


@pytest.mark.usefixtures("wayland")
def test_a_window_that_is_killed_is_noticed() -> None:
    with PreviewWindow((640, 360)) as window:
        assert window._process.pid is not None
        os.kill(window._process.pid, signal.SIGKILL)
        until(lambda: window.closed, "the loss")
