"""Dialogs on a real display, answered with the keyboard."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from overlay.app import App
from overlay.classroom.membership import Membership
from overlay.consent import CONSENT_VERSION
from overlay.control import ControlServer
from overlay.gui.wording import APP_TITLE
from overlay.settings import make_settings
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.dialogs import CannotAskError, Dialog, Dialogs
from overlay.tray.recording import Recording
from tests.waiting import PATIENCE_S, until

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: the virtual display Xvfb is for Linux"
)


@pytest.fixture
def dialogs(desktop, monkeypatch) -> Iterator[Dialogs]:
    for name in ("DISPLAY", "HOME"):
        monkeypatch.setenv(name, desktop.environment[name])
    dialogs = Dialogs()
    yield dialogs
    dialogs.close()


class Asked:
    """A question whose answer another thread waits for."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._answers: list[object] = []
        self._thread = threading.Thread(target=lambda: self._answers.append(ask()))
        self._thread.start()

    def answer(self) -> object:
        self._thread.join(PATIENCE_S)
        (answer,) = self._answers
        return answer


@on_linux
@pytest.mark.parametrize(("key", "answer"), [("Return", True), ("Escape", False)])
def test_the_keyboard_answers(desktop, dialogs, key, answer):
    asked = Asked(lambda: dialogs.ask(Dialog("Is it so?", title="Question", yes="Yes", no="No")))
    desktop.press_in("Question", key)
    assert asked.answer() is answer


@on_linux
@pytest.mark.parametrize(("keys", "answer"), [(["Return"], False), (["Tab", "Return"], True)])
def test_what_must_not_be_agreed_to_in_passing_takes_more_than_return(
    desktop, dialogs, keys, answer
):
    dialog = Dialog("Is it so?", title="Question", yes="Agree", no="No", yes_is_default=False)
    asked = Asked(lambda: dialogs.ask(dialog))
    desktop.press_in("Question", *keys)
    assert asked.answer() is answer


@on_linux
def test_a_dialog_that_is_killed_is_no_answer(desktop, dialogs):
    asked = Asked(lambda: dialogs.ask(Dialog("Is it so?", title="Question", no="No")))
    until(lambda: desktop.windows("Question"), "a dialog")
    (process,) = dialogs._processes
    process.kill()
    assert asked.answer() is None


@on_linux
def test_a_display_that_is_gone_is_no_way_to_ask(dialogs, monkeypatch, capfd):
    monkeypatch.setenv("DISPLAY", ":9999")
    with pytest.raises(CannotAskError):
        dialogs.ask(Dialog("Is it so?", title="Question", no="No"))
    assert capfd.readouterr().err == ""


@on_linux
@pytest.mark.parametrize(("key", "answer"), [("Return", "Zoë"), ("Escape", None)])
def test_a_line_of_text_comes_from_the_dialog_s_process(desktop, dialogs, key, answer):
    desktop.add_key("ediaeresis")
    asked = Asked(lambda: dialogs.ask_text(Dialog("Who?", title="Question", no="Cancel")))
    desktop.press_in("Question", "Z", "o", "ediaeresis", key)
    assert asked.answer() == answer


@on_linux
def test_a_dialog_that_is_closed_from_here_is_no_answer(desktop, dialogs):
    first = Asked(lambda: dialogs.ask(Dialog("Is it so?", title="Question", no="No")))
    until(lambda: desktop.windows("Question"), "a dialog")
    second = Asked(lambda: dialogs.ask(Dialog("And this?", title="Second", no="No")))
    third = Asked(lambda: dialogs.ask_text(Dialog("Who?", title="Third", no="Cancel")))
    dialogs.close()
    assert [first.answer(), second.answer(), third.answer()] == [None, None, None]
    assert dialogs.ask(Dialog("And now?", title="Fourth", no="No")) is None


@on_linux
class TestWhileADialogIsOpen:
    def test_the_next_question_waits_and_its_answer_counts(self, desktop, dialogs):
        first = Asked(lambda: dialogs.ask(Dialog("Is it so?", title="First", no="No")))
        until(lambda: desktop.windows("First"), "a dialog")
        second = Asked(lambda: dialogs.ask(Dialog("And this?", title="Second", no="No")))
        time.sleep(0.7)
        assert not desktop.windows("Second")  # one at a time
        desktop.press_in("First", "Escape")
        desktop.press_in("Second", "Return")
        assert (first.answer(), second.answer()) == (False, True)

    def test_a_notice_is_shown_all_the_same(self, desktop, dialogs):
        Asked(lambda: dialogs.ask(Dialog("Is it so?", title="Question", no="No")))
        until(lambda: desktop.windows("Question"), "a dialog")
        dialogs.tell("The disk is full.", title="Notice")
        until(lambda: desktop.windows("Notice"), "the notice")

    def test_the_next_notice_waits_until_it_is_read(self, desktop, dialogs):
        dialogs.tell("The disk is full.", title="First")
        until(lambda: desktop.windows("First"), "a notice")
        dialogs.tell("You were away.", title="Second")
        time.sleep(0.7)
        assert not desktop.windows("Second")
        desktop.press_in("First", "Return")
        until(lambda: desktop.windows("Second"), "the second notice")

    def test_an_unread_notice_does_not_keep_the_labels_off_the_air(self, desktop, dialogs):
        settings = make_settings(
            source="demo", output="none", window=False, consent=CONSENT_VERSION
        )
        with App(settings) as app:
            actions = Actions(app, dialogs, Cameras(), Recording(app, dialogs), Membership(app))
            dialogs.tell("The disk is full.", title="Notice")
            until(lambda: desktop.windows("Notice"), "a notice")
            actions.mode("on-air")()
            desktop.press_in(APP_TITLE, "Return")
            until(lambda: app.status().mode == "on-air", "the labels are on air")

    def test_the_same_question_is_asked_once_and_its_answer_counts_for_both(self, desktop, dialogs):
        question = Dialog("Is it so?", title="Question", no="No")
        both = [Asked(lambda: dialogs.ask(question)) for _ in range(2)]
        desktop.press_in("Question", "Return")
        assert [asked.answer() for asked in both] == [True, True]
        assert not desktop.windows("Question")


@on_linux
def test_the_settings_are_opened_once_and_close_with_the_dialogs(desktop, dialogs):
    settings = make_settings(source="demo", output="none", window=False, consent=CONSENT_VERSION)
    with ControlServer() as server, App(settings) as app:
        server.serve(app)
        assert dialogs.open_settings()
        until(lambda: desktop.windows("Emotion Overlay: settings"), "the settings")
        assert dialogs.open_settings()
        assert len(desktop.windows("Emotion Overlay: settings")) == 1
        dialogs.close()
        until(lambda: not desktop.windows("Emotion Overlay: settings"), "they are closed")


@on_linux
def test_without_a_display_there_are_no_settings_to_open(dialogs, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not dialogs.open_settings()


@on_linux
def test_without_a_display_a_notice_is_printed_but_not_logged(monkeypatch, capsys, caplog):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said: list[str] = []

    def has_said() -> bool:
        said.append(capsys.readouterr().err)
        return "The recording of Ana ended" in "".join(said)

    with caplog.at_level(0):
        Dialogs().tell("The recording of Ana ended.", title="Notice")
        until(has_said, "the notice")
    assert "Ana" not in caplog.text


@on_linux
def test_without_display_and_terminal_nobody_can_be_asked(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CannotAskError):
        Dialogs().ask(Dialog("Is it so?", title="Question", no="No"))
    with pytest.raises(CannotAskError):
        Dialogs().ask_text(Dialog("Who?", title="Question", no="Cancel"))
