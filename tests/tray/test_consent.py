from __future__ import annotations

import time

import pytest

from overlay.app import App
from overlay.classroom.membership import Membership
from overlay.consent import CONSENT_VERSION
from overlay.settings import make_settings
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.recording import Recording
from tests.tray.test_menu import Answers
from tests.waiting import until


@pytest.fixture(params=[0, CONSENT_VERSION + 1])
def new_app(request):
    """An application as it waits for the answer, for a user who agreed to another text or none."""
    settings = make_settings(source="demo", output="none", window=False, consent=request.param)
    app = App(settings)
    app.set_mode("off")
    app.pause()
    with app:
        yield app


def make_actions(app: App, user: Answers) -> Actions:
    return Actions(app, user, Cameras(), Recording(app, user), Membership(app))


def test_agreeing_is_remembered_and_begins_with_labels_for_nobody_else(new_app):
    actions = make_actions(new_app, Answers())
    assert not actions.has_consent
    actions.ask_consent()
    until(lambda: new_app.status().frames_in > 0)
    assert new_app.settings.mode == "only-me"
    assert actions.has_consent


def test_refusing_ends_the_application(new_app):
    user = Answers()
    user.answer = False
    actions = make_actions(new_app, user)
    actions.ask_consent()
    until(lambda: new_app.stopped)
    assert not actions.has_consent


@pytest.mark.parametrize("click", ["ask_consent", "toggle", "resume", "start_recording"])
def test_without_an_answer_the_webcam_stays_closed(new_app, click):
    user = Answers()
    user.answer = None
    getattr(make_actions(new_app, user), click)()
    until(lambda: bool(user.asked))
    time.sleep(0.2)
    status = new_app.status()
    assert (status.paused, status.mode, status.frames_in) == (True, "off", 0)


def test_where_nobody_can_be_asked_the_webcam_stays_closed(new_app, caplog):
    user = Answers()
    user.can_ask = False
    actions = make_actions(new_app, user)
    actions.ask_consent()
    until(lambda: "no way to ask" in caplog.text)
    assert new_app.status().paused
    assert not actions.has_consent
