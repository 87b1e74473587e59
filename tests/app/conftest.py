"""Applications that send the demo to a virtual camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from overlay.app import App
from overlay.settings import make_settings
from overlay.settings.file import SettingsFile
from tests.camera_backend import CameraBackend, registered

DEFAULTS: dict[str, Any] = {
    "source": "demo",
    "output": "virtual:backend=test",
    "width": 320,
    "height": 180,
    "window": False,
}

MakeApp = Callable[..., App]


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    with registered(CameraBackend(limit=30)) as backend:
        yield backend


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


@pytest.fixture
def make_app(camera: CameraBackend, file: SettingsFile) -> Iterator[MakeApp]:
    """Build applications, not started; they are closed when the test ends."""
    with ExitStack() as stack:

        def make(*, retry_open: bool = True, loop: bool = True, **values: Any) -> App:
            settings = make_settings(**{**DEFAULTS, **values})
            app = App(settings, file=file, retry_open=retry_open, loop=loop)
            stack.callback(app.close)
            return app

        yield make
