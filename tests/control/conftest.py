"""A running application that can be controlled, in a runtime folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay.app import App
from overlay.control import ControlServer
from overlay.settings import make_settings
from tests.camera_backend import CameraBackend, registered

SMALL = {"source": "demo", "width": 320, "height": 180, "window": False}


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    with registered(CameraBackend(limit=30)) as backend:
        yield backend


@pytest.fixture
def running(runtime: Path, camera: CameraBackend) -> Iterator[App]:
    """An application between the demo and a virtual camera, listening."""
    app = App(make_settings(output="virtual:backend=test", **SMALL))
    with ControlServer() as server:
        server.serve(app)
        with app:
            yield app
