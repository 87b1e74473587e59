"""The settings window over the answers of an application, without a screen."""

from __future__ import annotations

from typing import Any

import pytest

from overlay.language import language, use_language
from overlay.settings import Settings, change_settings, settings_form
from tests.gui.conftest import Told

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from overlay.gui.setting_texts import NOT_SHOWN, TEXTS, value_name
from overlay.gui.settings_window import SettingsWindow

CHOICES = {"source": [["auto", "Automatic"], ["webcam:0", "Logitech C920"]]}


def answer(settings: Settings) -> dict[str, Any]:
    """What the application says to `settings`."""
    return {"settings": settings_form(settings), "choices": CHOICES, "language": language()}


@pytest.fixture
def application() -> Told:
    return Told()


@pytest.fixture
def window(qt, application):
    window = SettingsWindow(application, answer(Settings()))
    window.show()
    yield window
    window.close()


def control(window, name: str) -> QWidget:
    kinds = (QCheckBox, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit)
    every = [part for kind in kinds for part in window.findChildren(kind)]
    (found,) = (part for part in every if part.accessibleName() == name)
    return found


def test_every_setting_but_the_consent_has_a_control_with_a_name_and_its_text(window):
    assert set(window._setters) == Settings.model_fields.keys() - {"consent"}
    for name, text in (("Colours of the labels", "white text"), ("Boxes", "box around each face")):
        assert text in control(window, name).accessibleDescription()


def test_a_change_is_told_at_once(window, application):
    QTest.keyClick(control(window, "Bars for all expressions"), Qt.Key.Key_Space)
    width = control(window, "Width of the picture")
    width.setValue(640)
    theme = control(window, "Colours of the labels")
    theme.activated.emit(theme.findData("light"))
    camera = control(window, "Camera")
    camera.activated.emit(camera.findText("Logitech C920"))
    name = control(window, "Who is recorded")
    QTest.keyClicks(name, "Ana")
    QTest.keyClick(name, Qt.Key.Key_Return)
    name.editingFinished.emit()  # the focus leaves as well
    told = [value for command, value in application.orders if command == "set"]
    assert told == [
        {"bars": True}, {"width": 640}, {"theme": "light"}, {"source": "webcam:0"},
        {"student": "Ana"},
    ]  # fmt: skip


def test_what_is_changed_elsewhere_is_shown_and_not_told_again(window, application):
    changed = change_settings(
        Settings(), bars=True, width=640, theme="light", source="clip.mp4", student="Ana"
    )
    application.answered.emit(answer(changed))
    assert control(window, "Bars for all expressions").isChecked()
    assert control(window, "Width of the picture").value() == 640
    assert control(window, "Colours of the labels").currentData() == "light"
    assert control(window, "Camera").currentData() == "clip.mp4"
    assert control(window, "Who is recorded").text() == "Ana"
    assert not application.orders


def test_what_the_application_notes_about_a_setting_is_said_below_it_while_it_holds(
    window, application
):
    mark = control(window, "Mark this moment")
    before = mark.accessibleDescription()
    application.answered.emit({"notes": {"hotkey_mark": "Press Ctrl+M."}})  # whatever was asked
    assert mark.accessibleDescription() == f"{before}\nPress Ctrl+M."
    application.answered.emit({"notes": {}})
    assert mark.accessibleDescription() == before


def test_a_refusal_is_shown_and_the_value_in_effect_asked_for(window, application):
    application.refused.emit("the size cannot change while a program uses the virtual camera")
    assert "the size cannot change" in window._message.text()
    assert application.orders == [("settings", None)]


def test_limits_are_those_of_the_setting(window):
    scale = control(window, "Size of the labels")
    assert (scale.minimum(), scale.maximum()) == (0.5, 3)


@pytest.mark.parametrize(("agrees", "told"), [(True, [{"mode": "on-air"}]), (False, [])])
def test_on_air_asks_here_as_well(window, application, monkeypatch, agrees, told):
    monkeypatch.setattr("overlay.gui.settings_window.DialogWindow.exec", lambda self: agrees)
    mode = control(window, "Mode at the start")
    mode.activated.emit(mode.findData("on-air"))
    assert [value for command, value in application.orders if command == "set"] == told


def test_every_setting_has_words_of_its_own():
    """A new one needs a title and a sentence in overlay/gui/setting_texts.py."""
    assert TEXTS.keys() == Settings.model_fields.keys() - NOT_SHOWN


def test_every_value_that_has_a_name_in_the_file_has_one_here():
    for setting in settings_form(Settings()):
        for value in setting["choices"]:
            assert value_name(setting["name"], value) not in ("", value), setting["name"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("source", "webcam:Logitech C920", "Logitech C920"),
        ("source", "/home/ana/lesson.mp4", "File: lesson.mp4"),
        ("source", "rtsp://ana:secret@192.168.1.20/stream", "Network camera"),
        ("output", "virtual:/dev/video9", "/dev/video9"),
        ("output", "labelled.mkv", "File: labelled.mkv"),
        ("language", "hi", "हिन्दी"),
    ],
)
def test_cameras_and_files_are_shown_by_their_names(name, value, shown):
    assert value_name(name, value) == shown


def test_whole_numbers_have_no_decimals(window):
    shown = {control(window, name).text() for name in ("Size of the labels", "Readings a second")}
    assert shown == {"1", "15"}


def test_who_is_recorded_is_chosen_among_those_there_are(qt, application):
    students = {"recording": {"students": ["Ada", "Ana"]}}
    window = SettingsWindow(application, answer(Settings(student="Ana")) | students)
    student = control(window, "Who is recorded")
    assert student.currentText() == "Ana"
    student.activated.emit(student.findText("Ada"))
    assert application.orders[0] == ("set", {"student": "Ada"})


def test_a_switch_that_is_on_has_a_tick(window):
    """Told by its shape, not by its colour alone."""
    window._list.setCurrentRow(2)
    colors = []
    for name in ("Boxes", "Bars for all expressions"):
        box = control(window, name)
        option = QStyleOptionButton()
        box.initStyleOption(option)
        place = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
        image = box.grab(place.adjusted(4, 4, -4, -4)).toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        colors.append({image.pixelColor(x, y).name() for x, y in places})
    assert len(colors[0]) > len(colors[1]) == 1


def test_another_language_shows_at_once_on_the_same_page(window, application):
    window._list.setCurrentRow(2)
    use_language("hi")
    hindi = answer(change_settings(Settings(), language="hi"))
    use_language("en")
    application.answered.emit(hindi)
    assert window.windowTitle() == "Emotion Overlay: सेटिंग"
    assert window._list.currentItem().text() == "लेबल"
    assert window._message.text() == "बदलाव तुरंत लागू होते और सहेजे जाते हैं।"
