"""Commands take effect at once, whether the application runs yet or not."""

from __future__ import annotations

import pytest

from overlay.errors import SettingsError
from overlay.settings.file import SettingsFile
from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import until


def test_toggle_goes_back_to_the_mode_before(make_app: MakeApp) -> None:
    app = make_app(mode="off")
    modes = []
    for _ in range(3):
        app.toggle()
        modes.append(app.status().mode)
    app.panic()
    app.set_mode("only-me")
    app.toggle()
    app.toggle()
    assert modes == ["on-air", "off", "on-air"]
    assert app.status().mode == app.settings.mode == "only-me"


def test_what_is_said_before_the_start_holds_after_it(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    app = make_app()
    app.set_mode("on-air")
    app.pause()
    app.start()
    until(lambda: app.status().placeholders > 0, "the pause picture")
    assert app.status().paused
    assert app.status().mode == "on-air"
    assert app.status().frames_in == 0


def test_the_mode_is_not_saved_so_the_next_start_is_as_quiet(
    make_app: MakeApp, file: SettingsFile
) -> None:
    make_app().set_mode("on-air")
    assert not file.path.exists()


def test_a_wrong_mode_is_refused(make_app: MakeApp) -> None:
    app = make_app()
    with pytest.raises(SettingsError, match="mode"):
        app.set_mode("loud")  # type: ignore[arg-type]
    assert app.status().mode == "only-me"
