"""A student records themself from the menu, and looks at the page."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from overlay.monitor.consent import give_consent, has_consented
from overlay.monitor.records import Session
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student, find_student, list_students
from overlay.tray.notices import Notice
from overlay.tray.recording import Recording
from tests.tray import test_menu
from tests.tray.test_menu import click, find, ticked
from tests.waiting import until

app, user, menu, recording = test_menu.app, test_menu.user, test_menu.menu, test_menu.recording


@pytest.fixture(autouse=True)
def _own_students(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))


@pytest.fixture
def ana(_own_students) -> Student:
    student = add_student("Ana")
    give_consent(student)
    return student


@pytest.fixture
def pages(monkeypatch) -> list[str]:
    """The addresses that the browser is told to open."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    return opened


def texts(menu: Callable) -> list[str]:
    return [entry.text for entry in menu()]


def sessions(student: Student) -> list[Session]:
    with Store.open(student.store_path) as store:
        return store.sessions()


def labels(student: Student) -> set[str | None]:
    """What the seconds of all sessions say."""
    with Store.open(student.store_path) as store:
        return {s.label for session in store.sessions() for s in store.seconds(session.id)}


class TestStudents:
    def test_without_any_one_can_be_added(self, menu, user):
        assert [entry.text for entry in find(menu(), "Student").children] == ["Add a student..."]
        user.typed = " Zo\u00eb  Smith "
        click(menu, "Student", "Add a student...")
        until(lambda: ticked(find(menu(), "Student").children) == ["Zo\u00eb Smith"])

    def test_the_only_one_is_chosen_and_of_several_the_one_who_was_clicked(self, menu, ana):
        assert ticked(find(menu(), "Student").children) == ["Ana"]
        add_student("Ben")
        assert ticked(find(menu(), "Student").children) == []
        click(menu, "Student", "Ben")
        until(lambda: ticked(find(menu(), "Student").children) == ["Ben"])
        assert "Start recording Ben" in texts(menu)

    def test_a_name_that_is_taken_is_said(self, menu, user, ana):
        user.typed = "ana"
        click(menu, "Student", "Add a student...")
        until(lambda: bool(user.told))
        assert "choose another name" in user.told[0]

    def test_saying_no_name_adds_nobody(self, menu, user):
        click(menu, "Student", "Add a student...")
        until(lambda: bool(user.asked))
        assert not list_students()


class TestSession:
    def test_it_begins_private_shows_itself_pauses_and_ends(self, app, menu, ana):
        app.set_mode("on-air")
        click(menu, "Start recording Ana")
        until(lambda: app.status().recording == "Ana")
        until(lambda: app.status().mode == "only-me")
        assert "● Recording Ana" in texts(menu)
        assert all(not entry.enabled for entry in find(menu(), "Student").children if entry.radio)
        click(menu, "Pause recording")
        until(lambda: "Resume recording" in texts(menu))
        assert app.status().recording is None
        assert "● Recording Ana" not in texts(menu)
        click(menu, "Resume recording")
        until(lambda: app.status().recording == "Ana")
        click(menu, "Stop recording Ana")
        until(lambda: "Start recording Ana" in texts(menu))
        (session,) = sessions(ana)
        assert session.ended_how == "stopped"
        assert len(session.pauses) == 1

    def test_moments_are_marked_and_counted(self, app, menu, ana):
        click(menu, "Start recording Ana")
        until(lambda: "Mark this moment" in texts(menu))
        click(menu, "Mark this moment")
        until(lambda: "Mark this moment (1 so far)" in texts(menu))
        app.mark("the exam question")
        until(lambda: "Mark this moment (2 so far)" in texts(menu))
        click(menu, "Stop recording Ana")
        until(lambda: "Start recording Ana" in texts(menu))
        assert [mark.note for mark in sessions(ana)[0].marks] == ["", "the exam question"]

    def test_the_face_in_front_of_the_camera_is_in_it(self, app, menu, ana, clip_path):
        app.change(source=str(clip_path("smiling")))
        click(menu, "Start recording Ana")
        until(lambda: app.status().recording == "Ana")
        until(lambda: "happy" in labels(ana))
        assert app.status().faces == 1
        click(menu, "Stop recording Ana")
        until(lambda: "Start recording Ana" in texts(menu))
        assert labels(ana) <= {None, "happy"}  # None: nobody yet

    def test_a_second_one_may_follow(self, menu, ana):
        for number in (1, 2):
            click(menu, "Start recording Ana")
            until(lambda: "Stop recording Ana" in texts(menu))
            click(menu, "Stop recording Ana")
            until(lambda: "Start recording Ana" in texts(menu))
            assert len(sessions(ana)) == number

    def test_it_ends_with_the_application(self, app, menu, recording, ana):
        click(menu, "Start recording Ana")
        until(lambda: app.status().recording == "Ana")
        recording.close()
        assert sessions(ana)[0].ended_how == "app-ended"

    def test_none_begins_any_more_while_the_application_ends(self, recording, ana):
        recording.close()
        recording.start()
        assert recording.state().session == "none"

    def test_the_first_one_asks_for_a_name_and_for_consent(self, app, menu, user):
        user.typed = "Ben"
        click(menu, "Start recording")
        until(lambda: app.status().recording == "Ben")
        assert user.asked[1] == "Ben, before you are recorded"
        assert has_consented(find_student("Ben"))

    def test_a_click_while_the_student_is_being_asked_does_nothing(
        self, app, menu, user, recording, monkeypatch
    ):
        add_student("Ben")
        answered = threading.Event()
        monkeypatch.setattr(
            user, "ask", lambda dialog: bool(user.asked.append(dialog.text)) or answered.wait(20)
        )
        click(menu, "Start recording Ben")
        until(lambda: bool(user.asked))
        recording.start()
        answered.set()
        until(lambda: app.status().recording == "Ben")
        recording.start()
        assert len(user.asked) == 1
        assert not user.told

    def test_refusing_records_nothing(self, app, menu, user):
        student = add_student("Ben")
        user.answer = False
        click(menu, "Start recording Ben")
        until(lambda: bool(user.asked))
        assert not has_consented(student)
        assert app.status().recording is None
        assert not student.store_path.exists()

    def test_where_it_is_not_clear_who_nobody_is_recorded(self, app, menu, user, ana):
        add_student("Ben")
        click(menu, "Start recording")
        until(lambda: bool(user.told))
        assert "choose yourself" in user.told[0]
        assert app.status().recording is None

    def test_a_session_that_ends_by_itself_says_so(self, app, menu, user, ana):
        app.change(idle_minutes=0.005, source="none-such.png")
        click(menu, "Start recording Ana")
        until(lambda: bool(user.told))
        assert "you were away" in user.told[0]
        until(lambda: "Start recording Ana" in texts(menu))

    def test_its_end_is_told_once_where_notifications_are_shown(self, app, user, ana):
        notices: list[Notice] = []
        recording = Recording(app, user, notify=lambda notice: bool(notices.append(notice)) or True)
        recording.start()
        recording.stop()
        until(lambda: bool(notices))
        app.change(idle_minutes=0.005, source="none-such.png")
        recording.start()
        until(lambda: len(notices) == 2)
        assert ["you were away" in notice.text for notice in notices] == [False, True]
        assert not user.told
        recording.close()


class TestReport:
    def test_it_shows_the_latest_session(self, menu, ana, pages):
        click(menu, "Start recording Ana")
        until(lambda: "Stop recording Ana" in texts(menu))
        click(menu, "Stop recording Ana")
        until(lambda: "Start recording Ana" in texts(menu))
        click(menu, "Open report")
        until(lambda: bool(pages))
        (page,) = (ana.folder / "reports").iterdir()
        assert pages == [page.as_uri()] or unquote(pages[0]).endswith(page.name)
        assert "<html" in page.read_text(encoding="utf-8")

    @pytest.mark.parametrize("added", [True, False])
    def test_where_there_is_none_one_line_says_so(self, menu, user, pages, added):
        if added:
            add_student("Ana")
        click(menu, "Open report")
        until(lambda: bool(user.told))
        assert "\n" not in user.told[0]
        assert ("no sessions yet" if added else "first add one") in user.told[0]
        assert not pages
