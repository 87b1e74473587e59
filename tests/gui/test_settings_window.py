"""The settings window over the answers of an application, without a screen."""

from __future__ import annotations

import pytest

from overlay.settings import Settings, change_settings, settings_form
from tests.gui.conftest import Told

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from overlay.gui.settings_window import SettingsWindow

CHOICES = {"source": [["auto", "Automatic"], ["webcam:0", "Logitech C920"]]}


@pytest.fixture
def application() -> Told:
    return Told()


@pytest.fixture
def window(qt, application):
    window = SettingsWindow(
        application, {"settings": settings_form(Settings()), "choices": CHOICES}
    )
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
    for name, text in (("Theme", "dark or light"), ("Boxes", "box around each face")):
        assert text in control(window, name).accessibleDescription()


def test_a_change_is_told_at_once(window, application):
    QTest.keyClick(control(window, "Bars"), Qt.Key.Key_Space)
    width = control(window, "Width")
    width.setValue(640)
    theme = control(window, "Theme")
    theme.activated.emit(theme.findData("light"))
    camera = control(window, "Camera")
    camera.activated.emit(camera.findText("Logitech C920"))
    name = control(window, "Student")
    name.setText("Ana")
    name.editingFinished.emit()
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
    application.answered.emit({"settings": settings_form(changed)})
    assert control(window, "Bars").isChecked()
    assert control(window, "Width").value() == 640
    assert control(window, "Theme").currentData() == "light"
    assert control(window, "Camera").currentData() == "clip.mp4"
    assert control(window, "Student").text() == "Ana"
    assert not application.orders


def test_a_refusal_is_shown_and_the_value_in_effect_asked_for(window, application):
    application.refused.emit("the size cannot change while a program uses the virtual camera")
    assert "the size cannot change" in window._message.text()
    assert application.orders == [("settings", None)]


def test_limits_are_those_of_the_setting(window):
    scale = control(window, "Scale")
    assert (scale.minimum(), scale.maximum()) == (0.5, 3)


@pytest.mark.parametrize(("agrees", "told"), [(True, [{"mode": "on-air"}]), (False, [])])
def test_on_air_asks_here_as_well(window, application, monkeypatch, agrees, told):
    monkeypatch.setattr("overlay.gui.settings_window.DialogWindow.exec", lambda self: agrees)
    mode = control(window, "Mode at the start")
    mode.activated.emit(mode.findData("on-air"))
    assert [value for command, value in application.orders if command == "set"] == told
