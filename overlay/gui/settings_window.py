"""The settings window: everything in the settings file, grouped, in effect at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from overlay.gui.dialog_window import DialogWindow
from overlay.gui.instance import Instance
from overlay.gui.parts import make_column, make_label, make_row, named
from overlay.gui.wording import APP_TITLE, GO_ON_AIR

#: Which settings are on which page; what is on none is on the last.
_PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Camera and call",
        ("mode", "source", "output", "width", "height", "fps", "standby_when_unused"),
    ),
    ("Picture", ("rotate", "flip", "fit")),
    ("Labels", ("language", "theme", "scale", "boxes", "bars", "sensitivity", "perception_hz")),
    ("Private window", ("window", "window_on_top", "mirror_window")),
    ("Recordings", ("student", "idle_minutes", "retention_days")),
    ("Other", ()),
)

#: What the user does not set here: agreeing has a dialog of its own.
_NOT_SHOWN = frozenset({"consent"})

#: What is not called as it is in the file.
_TITLES = {
    "mode": "Mode at the start",
    "source": "Camera",
    "output": "Virtual camera",
    "fps": "Frames a second",
    "codec": "Video format",
    "flip": "Mirror what everyone sees",
    "perception_hz": "Readings a second",
    "window": "Open by itself in Only me",
    "window_on_top": "Above other windows",
    "mirror_window": "Mirror what you see",
    "idle_minutes": "End after so many minutes without you",
    "retention_days": "Keep for so many days",
}
_CHOICES = {"en": "English", "hi": "हिन्दी"}

_MOST = 2**31 - 1


class SettingsWindow(QMainWindow):
    """Every setting with what it does; a change is saved, and in effect, at once.

    Args:
        instance: The application.
        answer: What the application said to `settings`.
    """

    def __init__(self, instance: Instance, answer: dict[str, Any]) -> None:
        super().__init__()
        self._choices: dict[str, list[list[str]]] = answer.get("choices", {})
        self.setWindowTitle(f"{APP_TITLE}: settings")
        self._instance = instance
        self._setters: dict[str, Callable[[Any], None]] = {}
        self._pages, self._list = QStackedWidget(), QListWidget()
        self._list.setAccessibleName("Groups of settings")
        self._list.setFixedWidth(170)
        page = named(QWidget(), "page")
        self.setCentralWidget(page)
        column = make_column(page, margins=(12, 12, 12, 12), spacing=10)
        row = QWidget()
        self._row = make_row(row, spacing=12)
        self._row.addWidget(self._list)
        self._row.addWidget(self._pages, 1)
        column.addWidget(row, 1)
        self._message = make_label(
            "A change is in effect, and saved, at once.", "muted", wraps=True
        )
        column.addWidget(self._message)
        self._add_pages({setting["name"]: setting for setting in answer["settings"]})
        self._list.currentRowChanged.connect(self._pages.setCurrentIndex)
        self._list.setCurrentRow(0)
        QShortcut(QKeySequence("Escape"), self, self.close)
        self.resize(780, 560)
        instance.answered.connect(self._show_answer)
        instance.refused.connect(self._show_refusal)

    def show_values(self, form: list[dict[str, Any]]) -> None:
        """Show what is in effect now, where it was changed elsewhere as well."""
        for setting in form:
            if setting["name"] in self._setters:
                self._setters[setting["name"]](setting["value"])

    def _add_pages(self, settings: dict[str, dict[str, Any]]) -> None:
        placed = {name for _, names in _PAGES for name in names} | _NOT_SHOWN
        others = tuple(name for name in settings if name not in placed)
        for title, names in _PAGES:
            known = [settings[name] for name in names or others if name in settings]
            if known:
                self._list.addItem(title)
                self._pages.addWidget(self._make_page(title, known))

    def _make_page(self, title: str, settings: list[dict[str, Any]]) -> QWidget:
        page = named(QWidget(), "page")
        column = make_column(page, spacing=16, margins=(4, 0, 16, 8))
        column.addWidget(make_label(title, "heading"))
        for setting in settings:
            column.addWidget(self._make_field(setting))
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    def _make_field(self, setting: dict[str, Any]) -> QWidget:
        """A setting's name, its control, and what it does."""
        name, kind = setting["name"], setting["kind"]
        field = QWidget()
        column = make_column(field, spacing=3)
        title = _TITLES.get(name, name.replace("_", " ").capitalize())
        choices = [(each, _CHOICES.get(each, each.capitalize())) for each in setting["choices"]]
        choices += [(value, text) for value, text in self._choices.get(name, ())]
        if choices:
            control, setter = self._make_choice(name, choices)
        elif kind == "bool":
            control, setter = self._make_switch(setting, title)
        elif kind in ("int", "float"):
            control, setter = self._make_number(setting)
        else:
            control, setter = self._make_text(setting)
        self._setters[name] = setter
        control.setAccessibleName(title)
        control.setAccessibleDescription(setting["description"])
        if kind != "bool":
            column.addWidget(make_label(title, "section"))
        column.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(make_label(setting["description"], "muted", wraps=True))
        setter(setting["value"])
        return field

    def _make_switch(
        self, setting: dict[str, Any], title: str
    ) -> tuple[QWidget, Callable[[Any], None]]:
        box = QCheckBox(title)
        box.clicked.connect(lambda on: self._change(setting["name"], bool(on)))
        return box, box.setChecked

    def _make_choice(
        self, name: str, choices: list[tuple[str, str]]
    ) -> tuple[QWidget, Callable[[Any], None]]:
        box = QComboBox()
        box.setMinimumWidth(220)
        for value, text in choices:
            box.addItem(text, value)
        box.activated.connect(lambda index: self._change(name, box.itemData(index)))

        def show(value: Any) -> None:
            if box.findData(value) < 0:
                box.addItem(str(value), value)
            box.setCurrentIndex(box.findData(value))

        return box, show

    def _make_number(self, setting: dict[str, Any]) -> tuple[QWidget, Callable[[Any], None]]:
        whole = setting["kind"] == "int"
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if whole else QDoubleSpinBox()
        if isinstance(box, QDoubleSpinBox):
            box.setDecimals(2)
            box.setSingleStep(0.1 if setting["most"] is not None and setting["most"] <= 5 else 1)
        else:
            box.setSingleStep(setting["step"] or 1)
        box.setRange(setting["least"] or 0, _MOST if setting["most"] is None else setting["most"])
        box.setKeyboardTracking(False)  # a number counts when it is typed to its end
        box.setMinimumWidth(120)
        box.valueChanged.connect(lambda value: self._change(setting["name"], value))

        def show(value: Any) -> None:
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

        return box, show

    def _make_text(self, setting: dict[str, Any]) -> tuple[QWidget, Callable[[Any], None]]:
        line = QLineEdit()
        line.setMinimumWidth(380)
        shown = [""]

        def send() -> None:
            if line.text() != shown[0]:
                shown[0] = line.text()
                self._change(setting["name"], line.text())

        def show(value: Any) -> None:
            if not line.isModified() or not line.hasFocus():
                shown[0] = str(value)
                line.setText(str(value))

        line.editingFinished.connect(send)
        return line, show

    def _change(self, name: str, value: Any) -> None:
        if (name, value) != ("mode", "on-air") or DialogWindow(GO_ON_AIR, self).exec():
            self._message.setText("Saved.")
            self._instance.tell("set", {name: value})
        self._instance.tell("settings")

    def _show_answer(self, answer: dict[str, Any]) -> None:
        if "settings" in answer:
            self.show_values(answer["settings"])

    def _show_refusal(self, reason: str) -> None:
        self._message.setText(reason)
        self._instance.tell("settings")
