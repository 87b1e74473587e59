"""Only the student's own face counts: without a webcam, the demo does not take its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from overlay import sources
from overlay.cli.yourself import app
from overlay.errors import SourceError
from overlay.monitor.calibration import read_calibration
from overlay.monitor.students import Student, add_student
from overlay.sources import webcam


@pytest.fixture
def grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    """A student at a computer without a camera."""
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", str(tmp_path / "run"))
    for module in (sources, webcam):
        monkeypatch.setattr(module, "list_cameras", list)
    return add_student("Grace")


@pytest.mark.parametrize(
    "command",
    [
        ("monitor", "--seconds", "0.2", "--output", "none", "--no-window"),
        ("calibrate", "--emotion", "happy", "--shots", "1", "--no-window"),
    ],
    ids=lambda command: command[0],
)
def test_without_a_webcam_nobody_is_recorded(command: tuple[str, ...], grace: Student):
    name, *options = command
    result = CliRunner().invoke(app, [name, "--student", "Grace", "--agree", *options])
    assert isinstance(result.exception, SourceError)
    assert "no webcam found" in str(result.exception)
    assert not grace.store_path.exists()
    assert read_calibration(grace) is None
