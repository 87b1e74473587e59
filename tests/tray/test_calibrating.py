"""Calibration from the window, over a real application that shows a portrait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from overlay.app import App
from overlay.consent import CONSENT_VERSION
from overlay.monitor.calibration import Effect, read_calibration
from overlay.monitor.students import Student, add_student
from overlay.perception.population import Recall
from overlay.settings import make_settings
from overlay.sources import open_source
from overlay.tray import calibrating as module
from overlay.tray.calibrating import Calibrating, describe_effect
from overlay.tray.recording import Recording
from tests.tray.test_menu import Answers
from tests.waiting import PATIENCE_S, until

_WELL, _BADLY = (10, 10), (4, 10)


@pytest.fixture
def ana(tmp_path, monkeypatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return add_student("Ana")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    path = tmp_path / "portrait.png"
    with open_source("demo", size=(640, 360), pace=False) as source:
        cv2.imwrite(str(path), next(iter(source)).image)
    settings = make_settings(
        source=str(path), output="none", window=False, consent=CONSENT_VERSION, fps=15,
        width=640, height=360,
    )  # fmt: skip
    with App(settings) as app:
        yield app


@pytest.fixture
def calibrating(app, ana, monkeypatch) -> Calibrating:
    monkeypatch.setattr(module, "PICTURES", 5)
    monkeypatch.setattr("overlay.monitor.references.COUNTDOWN_S", 0.2)
    monkeypatch.setattr("overlay.monitor.references._BETWEEN_S", 0.1)
    return Calibrating(app, Recording(app, Answers()))


def step(calibrating: Calibrating) -> str:
    return str(calibrating.describe()["calibration"]["step"])


def test_an_expression_is_kept_and_its_effect_said_in_plain_words(calibrating, ana):
    calibrating.take("neutral")
    known = calibrating.describe()["calibration"]
    assert known["step"] == "done"
    assert known["line"].startswith("When you look neutral, it now reads your face correctly 5 out")
    assert read_calibration(ana).references.counts == {"neutral": 5}


@pytest.mark.parametrize("keeps", [True, False])
def test_a_label_that_is_seldom_recognised_is_kept_only_if_the_student_says_so(
    calibrating, ana, monkeypatch, keeps
):
    monkeypatch.setattr(Effect, "is_seldom_recognised", lambda *_: True)
    calibrating.take("confused")
    known = calibrating.describe()["calibration"]
    assert known["step"] == "asking"
    assert "seldom" in known["line"]
    assert read_calibration(ana) is None
    calibrating.end(keep=keeps)
    assert step(calibrating) == "none"
    assert (read_calibration(ana) is not None) == keeps


def test_it_can_be_ended_at_any_time(calibrating, ana, monkeypatch):
    monkeypatch.setattr("overlay.monitor.references.COUNTDOWN_S", 60)
    thread = threading.Thread(target=calibrating.take, args=("neutral",))
    thread.start()
    until(lambda: "60" in calibrating.describe()["calibration"]["line"])
    calibrating.end(keep=False)
    thread.join(PATIENCE_S)
    assert step(calibrating) == "none"
    assert read_calibration(ana) is None


def test_a_camera_that_is_paused_is_said(calibrating, app, monkeypatch):
    monkeypatch.setattr("overlay.engine.engine.NO_FRAMES_S", 0.5)
    app.pause()
    time.sleep(0.2)
    calibrating.take("neutral")
    known = calibrating.describe()["calibration"]
    assert (known["step"], known["line"]) == ("done", "no more pictures come from the camera")


@pytest.mark.parametrize(
    ("own", "says"),
    [(_WELL, "10 out of 10 times."), (_BADLY, "Try again with a face that differs")],
)
def test_of_a_label_of_ones_own_it_says_how_often_it_is_recognised(own, says):
    effect = Effect(0.0, (), (), {}, {"confused": own}, {})
    assert describe_effect(effect, "confused").count(says) == 1
    assert effect.is_seldom_recognised("confused") == (own == _BADLY)


def test_what_changes_for_an_expression_is_said():
    recalls = {"neutral": Recall(10, 6, 9), "happy": Recall(10, 10, 10)}
    effect = Effect(1.0, ("neutral",), (), recalls, {}, {})
    assert describe_effect(effect, "neutral") == (
        "When you look neutral, it now reads your face correctly 9 out of 10 times. "
        "Before, it was 6 times."
    )
    assert describe_effect(effect, "happy").endswith("10 out of 10 times.")
