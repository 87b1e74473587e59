"""`emotion-overlay calibrate`, and a session in which it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from overlay.cli.yourself import app
from overlay.errors import OverlayError
from overlay.monitor.calibration import add_references, read_calibration
from overlay.monitor.consent import give_consent
from overlay.monitor.session import begin_session
from overlay.monitor.students import Student, add_student
from overlay.sources.demo import PORTRAIT
from tests.monitor.readings import some


@pytest.fixture(autouse=True)
def grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return add_student("Grace")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["calibrate", "--student", "Grace", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_pictures_are_learnt_shown_and_forgotten(grace: Student):
    learnt = run("--emotion", "neutral", str(PORTRAIT))
    assert learnt.startswith("Grace: 1 neutral; numbers only, no pictures are kept\n")
    assert run("--show") == learnt
    assert run("--reset") == "Grace: calibration deleted\n"
    assert run("--show") == "Grace: not calibrated\n"


def test_a_folder_is_learnt(tmp_path: Path):
    (tmp_path / "mine" / "happy").mkdir(parents=True)
    (tmp_path / "mine" / "happy" / "1.jpg").write_bytes(PORTRAIT.read_bytes())
    assert "Grace: 1 happy;" in run("--from", str(tmp_path / "mine"))


def test_the_camera_is_used_where_no_picture_is_named(grace: Student):
    output = run("--emotion", "happy", "--shots", "1", "--source", "demo", "--no-window")
    assert "look happy, picture 1 of 1: 3 ..." in output
    assert "Grace: 1 happy;" in output
    calibration = read_calibration(grace)
    assert calibration is not None
    assert calibration.references.counts == {"happy": 1}


def test_a_label_without_pictures_enough_is_refused():
    with pytest.raises(OverlayError, match="at least 5"):
        run("--own-label", "confused", str(PORTRAIT))


def test_a_session_uses_the_calibration(grace: Student):
    give_consent(grace)
    for label in ("neutral", "sad"):
        add_references(grace, some(label, 2))
    begun = begin_session(grace, retention_days=90)
    begun.recorder.stop()
    assert begun.recorder.personal is not None
    assert begun.notices == ()


def test_a_session_goes_on_without_a_calibration_that_cannot_be_used(grace: Student):
    give_consent(grace)
    (grace.folder / "calibration.json").write_text("{}")
    begun = begin_session(grace, retention_days=90)
    begun.recorder.stop()
    assert begun.recorder.personal is None
    assert "not used" in begun.notices[0]
