from __future__ import annotations

import pytest

from overlay.app import App
from overlay.settings import make_settings
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from tests.tray.test_menu import Answers, wait_until


@pytest.fixture
def new_app():
    with App(make_settings(source="demo", output="none", window=False)) as app:
        yield app


def test_agreeing_is_remembered_and_begins_with_labels_for_nobody_else(new_app):
    Actions(new_app, Answers(), Cameras()).ask_consent()
    wait_until(lambda: new_app.settings.consent)
    wait_until(lambda: new_app.settings.mode == "only-me")


def test_refusing_ends_the_application(new_app):
    user = Answers()
    user.answer = False
    Actions(new_app, user, Cameras()).ask_consent()
    wait_until(lambda: new_app.stopped)
    assert not new_app.settings.consent


def test_without_an_answer_nothing_is_read(new_app):
    user = Answers()
    user.answer = None
    Actions(new_app, user, Cameras()).ask_consent()
    wait_until(lambda: bool(user.asked))
    wait_until(lambda: new_app.settings.mode == "off")


def test_where_nobody_can_be_asked_it_stays_private(new_app, caplog):
    user = Answers()
    user.can_ask = False
    Actions(new_app, user, Cameras()).ask_consent()
    wait_until(lambda: "no way to ask" in caplog.text)
    assert new_app.settings.mode == "only-me"
    assert not new_app.settings.consent
