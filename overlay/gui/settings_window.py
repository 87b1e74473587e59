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
    QStackedWidget,
    QWidget,
)

from overlay.gui.dialog_window import DialogWindow
from overlay.gui.instance import Instance
from overlay.gui.parts import SPACE, make_column, make_label, make_row, named, offer, speak
from overlay.gui.setting_texts import NOT_SHOWN, PAGES, TEXTS, text_of, value_name
from overlay.gui.wording import APP_TITLE, go_on_air
from overlay.language import _, language

_MOST = 2**31 - 1

#: What shows a setting, and what makes it show a value.
_Control = tuple[QWidget, Callable[[Any], None]]


class SettingsWindow(QMainWindow):
    """Every setting with what it does; a change is saved, and in effect, at once.

    Args:
        instance: The application.
        answer: What the application said to `settings`.
    """

    def __init__(self, instance: Instance, answer: dict[str, Any]) -> None:
        super().__init__()
        self._instance = instance
        self._build(answer)
        QShortcut(QKeySequence("Escape"), self, self.close)
        self.resize(780, 560)
        instance.answered.connect(self._show_answer)
        instance.refused.connect(self._show_refusal)

    def show_values(self, form: list[dict[str, Any]]) -> None:
        """Show what is in effect now, where it was changed elsewhere as well."""
        for setting in form:
            if setting["name"] in self._setters:
                self._setters[setting["name"]](setting["value"])

    def _build(self, answer: dict[str, Any]) -> None:
        """Fill the window, in the language that is spoken now."""
        self._language = language()
        self._students: list[str] = answer.get("recording", {}).get("students", [])
        self._choices: dict[str, list[list[str]]] = answer.get("choices", {})
        self.setWindowTitle(_("{application}: settings").format(application=APP_TITLE))
        self._setters: dict[str, Callable[[Any], None]] = {}
        self._explanations: dict[str, Callable[[str], None]] = {}
        self._pages, self._list = QStackedWidget(), QListWidget()
        self._list.setAccessibleName(_("Groups of settings"))
        self._list.setFixedWidth(170)
        self._message = make_label(
            _("Changes take effect and are saved at once."), "muted", wraps=True
        )
        pages = make_row(self._list, self._pages, grows=[self._pages], spacing=12)
        page = make_column(
            pages,
            self._message,
            parent=named(QWidget(), "page"),
            grows=[pages],
            margins=(12, 12, 12, 12),
            spacing=10,
        )
        self.setCentralWidget(page)
        self._add_pages({setting["name"]: setting for setting in answer["settings"]})
        self._show_notes(answer)
        self._list.currentRowChanged.connect(self._pages.setCurrentIndex)
        self._list.setCurrentRow(0)

    def _add_pages(self, settings: dict[str, dict[str, Any]]) -> None:
        others = [name for name in settings if name not in TEXTS.keys() | NOT_SHOWN]
        for title, texts in PAGES:
            known = [settings[name] for name in texts or others if name in settings]
            if known:
                self._list.addItem(_(title))
                self._pages.addWidget(self._make_page(_(title), known))

    def _make_page(self, title: str, settings: list[dict[str, Any]]) -> QWidget:
        page = make_column(
            make_label(title, "heading"),
            *map(self._make_field, settings),
            SPACE,
            parent=named(QWidget(), "page"),
            spacing=16,
            margins=(4, 0, 16, 8),
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    def _make_field(self, setting: dict[str, Any]) -> QWidget:
        """A setting's name, its control, and what it does."""
        name, kind = setting["name"], setting["kind"]
        words = text_of(name, setting["description"])
        title, sentence = _(words.title), _(words.sentence)
        if choices := self._choices_of(setting):
            control, setter = self._make_choice(name, choices)
        elif kind == "bool":
            control, setter = self._make_switch(setting, title)
        elif kind in ("int", "float"):
            control, setter = self._make_number(setting)
        else:
            control, setter = self._make_text(setting)
        self._setters[name] = setter
        control.setAccessibleName(title)
        explanation = make_label("", "muted", wraps=True)

        def explain(note: str) -> None:
            text = f"{sentence}\n{note}".strip()
            explanation.setText(text)
            control.setAccessibleDescription(text)

        self._explanations[name] = explain
        setter(setting["value"])
        parts = [make_row(control, SPACE), explanation]
        if kind != "bool":
            heading = make_label(title, "section")
            heading.setBuddy(control)  # Qt tells screen readers a box by its value alone
            parts.insert(0, heading)
        return make_column(*parts, spacing=3)

    def _choices_of(self, setting: dict[str, Any]) -> list[tuple[Any, str]]:
        """The values that a setting is chosen from, with what they are called; else none."""
        name = setting["name"]
        if name == "student" and self._students:
            return [("", _("Nobody yet")), *((name, name) for name in self._students)]
        if known := self._choices.get(name):
            return [(value, text) for value, text in known]
        offered = setting["choices"] or text_of(name, "").choices
        return [(value, value_name(name, value)) for value in offered]

    def _make_switch(self, setting: dict[str, Any], title: str) -> _Control:
        box = QCheckBox(title)
        box.clicked.connect(lambda on: self._change(setting["name"], bool(on)))
        return box, box.setChecked

    def _make_choice(self, name: str, choices: list[tuple[str, str]]) -> _Control:
        box = QComboBox()
        box.setMinimumWidth(220)
        offer(box, choices)
        box.activated.connect(lambda index: self._change(name, box.itemData(index)))

        def show(value: Any) -> None:
            if box.findData(value) < 0:
                box.addItem(value_name(name, value), value)
            box.setCurrentIndex(box.findData(value))

        return box, show

    def _make_number(self, setting: dict[str, Any]) -> _Control:
        kind = {"int": int, "float": float}[setting["kind"]]
        fine = kind is float and setting["most"] is not None and setting["most"] <= 5
        box = _NumberBox()
        box.setDecimals(2 if kind is float else 0)
        box.setSingleStep(0.1 if fine else setting["step"] or 1)
        box.setRange(setting["least"] or 0, _MOST if setting["most"] is None else setting["most"])
        box.setKeyboardTracking(False)  # a number counts when it is typed to its end
        box.setMinimumWidth(120)
        box.valueChanged.connect(lambda value: self._change(setting["name"], kind(value)))

        def show(value: Any) -> None:
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

        return box, show

    def _make_text(self, setting: dict[str, Any]) -> _Control:
        line = QLineEdit()
        line.setMinimumWidth(380)

        def send() -> None:
            if line.isModified():
                line.setModified(False)
                self._change(setting["name"], line.text())

        def show(value: Any) -> None:
            if not line.isModified() or not line.hasFocus():
                line.setText(str(value))

        line.editingFinished.connect(send)
        return line, show

    def _change(self, name: str, value: Any) -> None:
        if (name, value) != ("mode", "on-air") or DialogWindow(go_on_air(), self).exec():
            self._message.setText(_("Saved."))
            self._instance.tell("set", {name: value})
        self._instance.tell("settings")

    def _show_notes(self, answer: dict[str, Any]) -> None:
        """Show what else there is to say about settings now."""
        for name, explain in self._explanations.items():
            explain(answer.get("notes", {}).get(name, ""))

    def _show_answer(self, answer: dict[str, Any]) -> None:
        self._show_notes(answer)
        if "settings" not in answer:
            return
        if answer["language"] == self._language:
            self.show_values(answer["settings"])
            return
        speak(answer["language"])
        row = self._list.currentRow()
        self._build(answer)
        self._list.setCurrentRow(row)

    def _show_refusal(self, reason: str) -> None:
        self._message.setText(reason)
        self._instance.tell("settings")


class _NumberBox(QDoubleSpinBox):
    """A number that shows only the decimals it has."""

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """For example `15` and `0.5`, with the language's decimal sign."""
        if not self.decimals():
            return super().textFromValue(value)
        return self.locale().toString(value, "g", 6)
