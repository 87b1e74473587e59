"""Devices that are missing, hang or come to an end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.errors import OutputError, SourceError
from tests.app.conftest import MakeApp
from tests.camera_backend import CameraBackend
from tests.waiting import PATIENCE_S, until


def test_what_is_missing_is_a_problem_until_it_is_there(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    camera.fail_open = "no driver"
    with make_app(source="webcam:No Such Camera") as app:
        until(lambda: len(app.status().problems) == 2, "both problems")
        assert "No Such Camera" in app.status().problems["source"]
        assert "no driver" in app.status().problems["output"]
        camera.fail_open = None
        until(lambda: app.status().placeholders > 0, "the placeholder")
        app.change(source="demo")
        until(lambda: app.status().frames_in > 3, "video")
        assert not app.status().problems


def test_without_a_webcam_the_call_gets_the_placeholder_and_nobody_else_s_face(
    make_app: MakeApp, camera: CameraBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overlay.sources.webcam.list_cameras", list)
    with make_app(source="auto", mode="on-air") as app:
        until(lambda: app.status().placeholders > 0, "the placeholder")
        assert "webcam" in app.status().problems["source"]
        assert app.status().frames_in == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="PLATFORM: needs a named pipe")
def test_a_source_that_hangs_is_named_and_another_one_can_be_chosen(
    make_app: MakeApp,
    camera: CameraBackend,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("overlay.engine.loop.OPENING_PATIENCE_S", 0.1)
    monkeypatch.setattr("overlay.engine.watchdog.CHECK_S", 0.02)
    monkeypatch.setattr("overlay.engine.engine.STOP_S", 0.5)
    pipe = tmp_path / "camera.mp4"
    os.mkfifo(pipe)
    app = make_app(source=str(pipe))
    app.start()
    until(lambda: "has not responded since" in app.status().problems.get("source", ""), "that")
    app.change(source="demo")
    until(lambda: app.status().frames_in > 3, "the demo")
    assert "was abandoned" in app.status().problems["source"]
    pipe.write_bytes(b"")  # what it waited for
    until(lambda: not app.status().problems, "the end of the problem")


def test_a_start_that_does_not_retry_says_what_is_missing(
    make_app: MakeApp, camera: CameraBackend
) -> None:
    with pytest.raises(SourceError, match="No Such Camera"):
        make_app(retry_open=False, source="webcam:No Such Camera").start()
    camera.fail_open = "no driver"
    with pytest.raises(OutputError, match="no driver"):
        make_app(retry_open=False).start()
    assert not camera.is_open


def test_a_file_ends_it_unless_it_loops(
    make_app: MakeApp, clip_path: Callable[[str], Path]
) -> None:
    with make_app(source=str(clip_path("smiling")), loop=False, mode="off") as app:
        assert app.wait(PATIENCE_S)
        assert not app.stopped
        app.change(source="demo")
        assert not app.wait(0)
        until(lambda: app.status().frames_in > 3, "video from the other source")
