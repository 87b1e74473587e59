"""Settings change while a call runs, together and in the settings file."""

from __future__ import annotations

from typing import Any

import pytest

from overlay.app import App
from overlay.errors import SettingsError
from overlay.outputs import VirtualCamera
from overlay.settings import Settings
from overlay.settings.file import SettingsFile
from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import until


def test_they_reach_the_running_call_and_the_file(
    make_app: MakeApp, camera: CameraBackend, file: SettingsFile
) -> None:
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        app.change(source="demo:4", theme="light")
        until(lambda: app.status().source == "demo, 4 faces", "the other source")
        assert camera.opened == 1, "the call kept its camera"
        assert app.settings.theme == "light"
    assert file.load().values == {"source": "demo:4", "theme": "light"}


def test_another_size_makes_another_camera_and_keeps_mode_and_pause(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        app.set_mode("on-air")
        app.pause()
        app.change(width=640, height=360)
        until(lambda: camera.frames[-1].shape == (360, 640, 3), "frames of the new size")
        assert app.status().mode == "on-air"
        assert app.status().paused
        assert not app.wait(0), "another engine is no end"
        app.resume()
        until(lambda: app.status().frames_in > 3, "video")


def test_whatever_else_changes_the_call_keeps_its_camera(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        app.change(fit="letterbox", perception_hz=5)
        app.change(fps=20)
        before = app.status().frames_out
        until(lambda: app.status().frames_out > before + 3, "video again")
        assert camera.opened == 1


def test_the_size_stays_while_a_program_watches(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VirtualCamera, "in_use", True)
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        with pytest.raises(SettingsError, match="turn the camera off in the call"):
            app.change(width=640, height=360)
        assert app.settings.width == 320


def test_another_output_takes_over(make_app: MakeApp, camera: CameraBackend) -> None:
    with make_app() as app:
        until(lambda: len(camera.frames) > 3, "video")
        app.change(output="none")
        until(lambda: app.status().output == "none", "the other output")
        assert not camera.is_open
        app.change(output="virtual:backend=test")
        until(lambda: camera.opened == 2, "the camera again")


@pytest.mark.parametrize(
    "values",
    [{"them": "light"}, {"theme": "pink"}, {"language": "tlh"}, {"scale": 9, "theme": "light"}],
)
def test_a_wrong_one_changes_nothing(
    make_app: MakeApp, file: SettingsFile, values: dict[str, Any]
) -> None:
    with make_app() as app:
        before = app.settings
        with pytest.raises(SettingsError):
            app.change(**values)
        assert app.settings == before
    assert not file.path.exists()


def test_the_settings_file_is_there_when_asked_for(make_app: MakeApp, file: SettingsFile) -> None:
    assert make_app().settings_path() == file.path
    assert "# theme = " in file.path.read_text()


def test_without_a_file_nothing_is_saved(camera: CameraBackend) -> None:
    app = App(Settings())
    app.change(theme="light")
    assert app.settings.theme == "light"
    with pytest.raises(SettingsError, match="without a settings file"):
        app.settings_path()
