"""The control window over the answers of an application, without a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.gui.conftest import SIZE, Told
from tests.gui.test_wording import status
from tests.waiting import until

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPushButton

from overlay.gui.control_window import ControlWindow
from overlay.gui.placement import remembered
from overlay.gui.preview import Preview
from overlay.language import language
from overlay.settings import Settings, settings_form

#: What screen readers are told that the parts of a window are.
ROLES = {
    QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText, QAccessible.Role.ButtonMenu,
}  # fmt: skip

OFFERS = [
    "add-student",
    "calibrate",
    "help",
    "pause-recording",
    "record",
    "report",
    "stop-recording",
]


def answer(**values: Any) -> dict[str, Any]:
    recording = {"students": ["Ada", "Ana"], "student": "Ana", "session": "none"}
    known = {"labelled": 0, "faces": 1}
    return {
        "status": status(**known) | values,
        "offers": OFFERS,
        "recording": recording,
        "faces": {"in_view": [], "hidden": False},
        "language": language(),
    }


@pytest.fixture(autouse=True)
def _own_place(monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def application() -> Told:
    return Told()


@pytest.fixture
def window(qt, buffer, application):
    window = ControlWindow(Preview(buffer), application, on_top=False)
    window.show_answer(answer())
    window.show()
    QTest.qWaitForWindowExposed(window)
    yield window
    window._preview._timer.stop()
    window._status = {}  # it is closed without a word
    window.close()


@pytest.fixture
def agrees(window, monkeypatch):
    """Have the user agree, and note what they were asked."""
    asked: list[str] = []

    def ask(dialog):
        asked.append(dialog.text.splitlines()[0])
        return True

    monkeypatch.setattr(window, "_ask", ask)
    return asked


def button(window, text: str) -> QPushButton:
    (found,) = (b for b in window.findChildren(QPushButton) if b.text().startswith(text))
    return found


def entry(window, text: str) -> QAction:
    (found,) = (a for a in window.findChildren(QAction) if a.text() == text)
    return found


def test_the_keys_1_2_and_3_choose_the_mode_and_on_air_asks_once(window, application, agrees):
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_3):
        QTest.keyClick(window, key)
    assert [value for _, value in application.orders] == ["off", "only-me", "on-air", "on-air"]
    assert agrees == ["Go on air?"]


def test_what_the_application_says_with_the_picture_has_the_window_ask_for_the_rest(
    window, buffer, application
):
    buffer.put_text("On air, 30 fps")
    until(lambda: QTest.qWait(20) or application.orders)
    assert application.orders == [("status", None)]


def test_the_application_is_asked_more_often_while_faces_are_followed(window, application):
    window.show_answer(answer())
    assert not application.follows
    QTest.keyClick(window, Qt.Key.Key_F)
    window.show_answer(answer())
    assert application.follows


def test_refusing_changes_nothing(window, application, monkeypatch):
    monkeypatch.setattr(window, "_ask", lambda dialog: False)
    QTest.keyClick(window, Qt.Key.Key_3)
    assert application.orders == []


def test_who_has_been_on_air_is_not_asked_again(window, application, agrees):
    window.show_answer(answer(labelled=1))
    QTest.keyClick(window, Qt.Key.Key_3)
    assert application.orders == [("mode", "on-air")]
    assert not agrees


def test_the_red_frame_is_there_only_if_the_call_sees_labels(window):
    def edge() -> str:
        return window._preview.grab().toImage().pixelColor(1, 60).name()

    assert edge() == "#0d0f12"
    window.show_answer(answer(mode="on-air"))
    assert edge() == "#d0262c"
    window.show_answer(answer(mode="on-air", problems={"output": "missing"}))
    assert edge() == "#0d0f12"


def test_pause_becomes_resume(window, application):
    QTest.keyClick(window, Qt.Key.Key_P)
    window.show_answer(answer(paused=True))
    QTest.keyClick(window, Qt.Key.Key_P)
    assert [command for command, _ in application.orders] == ["pause", "resume"]


def test_a_recording_has_a_student_and_a_title(window, application):
    QTest.keyClick(window, Qt.Key.Key_R)
    title = window._records.findChild(QLineEdit)
    QTest.keyClicks(title, "Lesson 3 ")  # a digit that is typed chooses no mode
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert application.orders == [("record", {"student": "Ana", "title": "Lesson 3"})]


def test_a_running_recording_can_be_paused_and_ended(window, application):
    running = {"students": ["Ana"], "student": "Ana", "session": "running", "since": 0, "title": ""}
    window.show_answer(answer() | {"recording": running})
    button(window, "Pause recording").click()
    button(window, "Stop and save").click()
    assert [command for command, _ in application.orders] == ["pause-recording", "stop-recording"]


def test_the_settings_open_once(window, application):
    form = {"settings": settings_form(Settings())}
    QTest.keyClick(window, Qt.Key.Key_S)
    window.show_answer(answer() | form)
    opened = window._settings_window
    assert opened.isVisible()
    QTest.keyClick(window, Qt.Key.Key_S)
    window.show_answer(answer() | form)
    assert window._settings_window is opened
    assert application.orders == [("settings", None)]


def test_a_moment_is_marked_while_something_is_recorded(window, application):
    QTest.keyClick(window, Qt.Key.Key_M)
    running = {"students": ["Ana"], "student": "Ana", "session": "running", "since": 0, "title": ""}
    window.show_answer(answer() | {"recording": running})
    QTest.keyClick(window, Qt.Key.Key_M)
    assert application.orders == [("mark", {"note": "", "ago_s": 0.0})]


def test_a_mark_with_a_note_is_of_the_moment_when_the_note_was_begun(
    window, application, monkeypatch
):
    now = [100.0]
    monkeypatch.setattr("overlay.gui.record_bar.time.monotonic", lambda: now[0])
    running = {"students": ["Ana"], "student": "Ana", "session": "running", "since": 0, "title": ""}
    window.show_answer(answer() | {"recording": running})
    (note,) = (line for line in window.findChildren(QLineEdit) if line.isVisible())
    QTest.keyClicks(note, "springs M")
    now[0] += 12
    QTest.keyClick(note, Qt.Key.Key_Return)
    assert application.orders == [("mark", {"note": "springs M", "ago_s": 12.0})]
    assert note.text() == ""


def test_another_language_shows_at_once_and_the_form_stays(window, application):
    window.show_answer(answer(problems={"source": "unplugged"}) | {"language": "hi"})
    QTest.qWait(20)
    assert button(window, "सेटिंग").isVisible()
    assert button(window, "वजह जानें").isVisible()
    QTest.keyClick(window, Qt.Key.Key_P)
    assert application.orders == [("pause", None)]
    window._toggle_compact()
    window.show_answer(answer() | {"language": "en"})
    QTest.qWait(20)
    assert not button(window, "Settings").isVisible()


def test_a_language_from_right_to_left_mirrors_the_window(window):
    window.show_answer(answer() | {"language": "ar"})  # without a catalogue: the words are English
    QTest.qWait(20)
    pause, settings = button(window, "Pause camera"), button(window, "Settings")
    assert (
        pause.mapTo(window, pause.rect().center()).x()
        > settings.mapTo(window, settings.rect().center()).x()
    )
    window.show_answer(answer())


def test_the_first_start_is_shown_once_and_taken_up_again_where_it_is_needed(window, application):
    offers = [*OFFERS, "find-virtual-camera"]
    window.show_answer(answer() | {"offers": offers})
    assert window._set_up.isVisible()
    button(window, "Do this later").click()
    assert not window._set_up.isVisible()
    assert remembered()["has_set_up"]
    window.show_answer(answer() | {"offers": offers})
    assert not window._set_up.isVisible()
    window.show_answer(answer(problems={"output": "missing"}) | {"offers": offers})
    (mend,) = (b for b in window.findChildren(QPushButton) if b.text() == "Set up")
    mend.click()
    assert "Virtual camera" in window._set_up._title.text()
    button(window, "Do this later").click()
    entry(window, "Set-up steps").trigger()
    assert window._set_up.isVisible()


def test_each_problem_has_words_and_a_button(window, application):
    window.show_answer(answer(problems={"source": "busy: close Zoom", "output": "missing"}))
    helping = [b for b in window.findChildren(QPushButton) if b.text() == "Find out why"]
    assert len(helping) == 2
    helping[0].click()
    assert application.orders == [("help", None)]


def test_without_a_tray_nothing_is_offered_that_only_the_tray_does(window):
    known = answer()
    window.show_answer({name: known[name] for name in ("status", "faces", "language")})
    shown = {b.text() for b in window.findChildren(QPushButton) if b.isVisible()}
    assert shown.isdisjoint({"Record (R)", "More"})
    assert "start `emotion-overlay` instead" in window._footer.text()
    window.show_answer(known)
    assert "instead" not in window._footer.text()


def test_compact_leaves_picture_and_modes_above_all_else_and_comes_back(window):
    QTest.keyClick(window, Qt.Key.Key_C)
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert not button(window, "Pause camera").isVisible()
    assert window._preview.isVisible()
    QTest.keyClick(window, Qt.Key.Key_C)
    assert not window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert button(window, "Pause camera").isVisible()


def test_compact_is_small(window):
    QTest.keyClick(window, Qt.Key.Key_C)
    assert window.height() <= 300


def test_closing_says_once_that_the_application_goes_on(window, agrees):
    window.close()
    window.close()
    assert agrees == ["Emotion Overlay keeps running"]
    assert remembered()["window"]


def test_its_place_is_kept_even_if_the_application_ends_without_closing_it(window, buffer):
    window.resize(701, 655)

    def next_time() -> tuple[int, int]:
        QTest.qWait(20)
        another = ControlWindow(Preview(buffer), Told(), on_top=False)
        another._preview._timer.stop()
        return another.width(), another.height()

    until(lambda: next_time() == (701, 655), "the size is remembered")


def test_everything_can_be_reached_with_the_keyboard_and_has_a_name(window):
    QTest.keyClick(window, Qt.Key.Key_R)
    parts = [*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]
    parts += window.findChildren(QComboBox)
    seen = [part for part in parts if part.isVisible()]
    assert len(seen) >= 8
    for part in seen:
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
        known = QAccessible.queryAccessibleInterface(part)
        assert known.text(QAccessible.Text.Name)
        assert known.role() in ROLES


def test_a_menu_has_what_is_seldom_needed_by_keyboard_as_well(window, application):
    window.show_answer(answer() | {"offers": [*OFFERS, "find-virtual-camera", "ask-class"]})
    button(window, "Do this later").click()
    QTest.keyClick(button(window, "More"), Qt.Key.Key_Space)
    menu = until(lambda: QTest.qWait(20) or QApplication.activePopupWidget(), "a menu")
    shown = [action.text() for action in menu.actions() if action.isVisible()]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert shown == ["Open report", "Share with a class...", "Set-up steps"]
    assert application.orders[-1] == ("report", None)


def test_the_picture_is_as_sharp_as_the_screen(window, buffer):
    width, height = until(lambda: QTest.qWait(20) or buffer.view)
    assert abs(width / height - SIZE[0] / SIZE[1]) < 0.02
    lines = np.zeros((height, width, 3), np.uint8)
    lines[::2] = 255
    buffer.put(lines)
    window._preview.look()
    shot = window._preview.grab().toImage()
    column = [shot.pixelColor(shot.width() // 2, y).red() for y in range(shot.height())]
    assert set(column) <= {0, 255, 13}  # no gray: nothing is resampled


def calibration(step: str, line: str = "", taken: int = 0) -> dict[str, Any]:
    labels = ["neutral", "happy"]
    known = {"step": step, "line": line, "taken": taken, "count": 10, "labels": labels}
    return answer() | {"calibration": known}


def test_a_face_is_taught_step_by_step_with_the_keyboard(window, application):
    window.show_answer(calibration("none"))
    QTest.keyClick(window, Qt.Key.Key_R)
    QTest.keyClick(button(window, "Teach it your face"), Qt.Key.Key_Space)
    panel = window._calibration
    assert panel.isVisible()
    assert not button(window, "Pause camera").isVisible()
    QTest.keyClick(button(window, "Take pictures"), Qt.Key.Key_Space)
    assert application.orders[-1] == ("calibrate", {"student": "Ana", "label": "neutral"})

    window.show_answer(calibration("running", "look neutral, picture 4 of 10", 3))
    assert panel._line.text() == "Look neutral, picture 4 of 10"
    assert panel._bar.value() == 3
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert application.orders[-1] == ("end-calibration", False)

    window.show_answer(calibration("asking", "That is seldom."))
    QTest.keyClick(button(window, "Keep it anyway"), Qt.Key.Key_Space)
    assert application.orders[-1] == ("end-calibration", True)

    window.show_answer(calibration("done", "It now reads your face correctly."))
    QTest.keyClick(button(panel, "Close"), Qt.Key.Key_Space)
    assert not panel.isVisible()
    assert button(window, "Pause camera").isVisible()


def test_a_label_of_ones_own_has_to_be_named(window, application):
    window.show_answer(calibration("none"))
    window._calibrate("Ana")
    panel = window._calibration
    panel._labels.setCurrentIndex(panel._labels.count() - 1)
    panel._update()
    before = list(application.orders)
    button(panel, "Take pictures").click()
    assert application.orders == before
    panel._own.setText(" confused ")
    QTest.keyClick(panel._own, Qt.Key.Key_Return)
    assert application.orders[-1] == ("calibrate", {"student": "Ana", "label": "confused"})


def test_a_click_on_the_picture_says_where_it_was_whatever_the_windows_shape(window, application):
    preview = window._preview
    window.resize(1000, 700)
    window._preview._buffer.put(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    preview.look()
    place = preview._place
    at = place.topLeft() + QPointF(place.width() * 0.25, place.height() * 0.5)
    QTest.mouseClick(preview, Qt.MouseButton.LeftButton, pos=at.toPoint())
    command, share = application.orders[-1]
    assert command == "toggle-face"
    assert share == {"x": pytest.approx(0.25, abs=0.01), "y": pytest.approx(0.5, abs=0.01)}
    beside = QPointF(place.left() / 2, place.center().y())
    if place.left() > 2:
        QTest.mouseClick(preview, Qt.MouseButton.LeftButton, pos=beside.toPoint())
    assert len([o for o in application.orders if o[0] == "toggle-face"]) == 1


def face(number: int, x: float, *, hidden: bool = False) -> dict[str, Any]:
    return {"number": number, "x": x, "y": 0.2, "width": 0.2, "height": 0.4, "hidden": hidden}


def test_a_face_is_hidden_with_the_keyboard_and_the_picture_shows_which(
    window, application, buffer
):
    faces = [face(7, 0.1), face(4, 0.6)]
    window.show_answer(answer() | {"faces": {"in_view": faces, "hidden": False}})
    QTest.keyClick(window, Qt.Key.Key_F)
    bar = window._faces
    assert window.focusWidget() is bar._list
    names = [bar._list.itemText(i) for i in range(bar._list.count())]
    assert names == ["Face 1 from the left", "Face 2 from the left"]
    QTest.keyClick(bar._list, Qt.Key.Key_Down)
    assert window._preview._marked == QRectF(0.6, 0.2, 0.2, 0.4)
    QTest.keyClick(button(bar, "Remove its label"), Qt.Key.Key_Space)
    assert application.orders == [("toggle-face", 4)]

    faces = [face(4, 0.3, hidden=True), face(7, 0.5)]  # they have changed places
    window.show_answer(answer() | {"faces": {"in_view": faces, "hidden": True}})
    assert bar._list.currentText() == "Face 1 from the left, without a label"
    QTest.keyClick(button(bar, "Bring its label back"), Qt.Key.Key_Space)
    assert application.orders[-1] == ("toggle-face", 4)
    QTest.keyClick(button(bar, "Show all labels"), Qt.Key.Key_Space)
    assert application.orders[-1] == ("show-faces", None)


def test_the_window_says_that_faces_are_hidden_as_long_as_they_are(window):
    assert not window._faces.isVisible()
    window.show_answer(answer() | {"faces": {"in_view": [], "hidden": True}})
    assert window._faces.isVisible()
    assert not button(window, "Remove its label").isEnabled()
    window.show_answer(answer())
    assert not window._faces.isVisible()


def test_the_preview_is_a_picture_for_screen_readers_in_the_window_s_language(window):
    def known() -> tuple[QAccessible.Role, str]:
        found = QAccessible.queryAccessibleInterface(window._preview)
        return found.role(), found.text(QAccessible.Text.Name)

    assert known() == (QAccessible.Role.Graphic, "Preview: your own picture")
    window.show_answer(answer() | {"language": "hi"})
    assert known() == (QAccessible.Role.Graphic, "झलक: आपकी अपनी तस्वीर")
    window.show_answer(answer() | {"language": "en"})
