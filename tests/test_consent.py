"""Nothing is read from a webcam before its user has agreed, whoever asks for it and however."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from overlay.app import App
from overlay.consent import CONSENT_VERSION
from overlay.control import ControlServer, ask
from overlay.settings import make_settings
from overlay.settings.file import SettingsFile
from tests.camera_socket import DESK, SIZE, Socket, install_socket
from tests.waiting import until

WAITING = "waiting for your consent"

MakeApp = Callable[..., App]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    """The settings of a user who has not been asked yet."""
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    return SettingsFile()


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Socket:
    """A socket with a webcam in it."""
    socket = install_socket(tmp_path / "machine", monkeypatch)
    socket.plug(0, DESK, "D1")
    return socket


@pytest.fixture
def make_app(file: SettingsFile) -> Iterator[MakeApp]:
    with ExitStack() as stack:

        def make(**values: Any) -> App:
            defaults = {"output": "none", "window": False, "width": SIZE[0], "height": SIZE[1]}
            app = App(make_settings(**{**defaults, **values}), file=file)
            stack.enter_context(app)
            return app

        yield make


def is_waiting(app: App) -> bool:
    return WAITING in app.status().problems.get("source", "")


@pytest.mark.parametrize("consent", [0, CONSENT_VERSION + 1])
@pytest.mark.parametrize("spec", ["auto", "webcam", "webcam:0", "webcam:desk"])
def test_a_webcam_stays_closed_until_its_user_agrees_to_this_very_text(
    socket: Socket, make_app: MakeApp, spec: str, consent: int
) -> None:
    app = make_app(source=spec, consent=consent)
    until(lambda: is_waiting(app), "the reason in the status")
    assert (socket.opened, app.status().frames_in) == (0, 0)
    app.agree()
    until(lambda: app.status().frames_in > 0, "the webcam")
    assert not app.status().problems


def test_no_command_from_outside_opens_it(socket: Socket, make_app: MakeApp) -> None:
    with ControlServer() as server:
        app = make_app(source="webcam")
        app.set_mode("off")
        app.pause()
        server.serve(app)
        for command in ("toggle", "resume", "panic", "pause", "resume", "activate"):
            ask(command)
        ask("mode", "on-air")
        until(lambda: is_waiting(app), "the reason in the status")
        time.sleep(0.7)  # the source is tried again every half second
        assert WAITING in ask("status")["status"]["problems"]["source"]
        assert (socket.opened, app.status().frames_in) == (0, 0)
        ask("agree")
        until(lambda: app.status().frames_in > 0, "the webcam")
        assert app.status().mode == "only-me"


def test_nor_does_another_source(socket: Socket, make_app: MakeApp) -> None:
    app = make_app(source="demo")
    until(lambda: app.status().frames_in > 0, "the demo, which needs no consent")
    app.change(source="webcam:0")
    until(lambda: is_waiting(app), "the reason in the status")
    assert socket.opened == 0


def test_nor_does_a_link_to_the_device(
    socket: Socket, make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, link = socket.root / "dev/video0", tmp_path / "clip.mp4"
    link.symlink_to(device)
    monkeypatch.setattr("overlay.sources._is_device", lambda spec: Path(spec).resolve() == device)
    app = make_app(source=str(link))
    until(lambda: is_waiting(app), "the reason in the status")
    assert socket.opened == 0


def test_agreeing_is_saved_and_a_second_time_changes_nothing(
    socket: Socket, make_app: MakeApp, file: SettingsFile
) -> None:
    app = make_app(source="webcam")
    app.agree()
    assert file.load().values == {"consent": CONSENT_VERSION}
    app.set_mode("on-air")
    app.agree()
    assert app.settings.mode == "on-air"
