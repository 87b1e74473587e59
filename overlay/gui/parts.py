"""The small parts that windows are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from overlay.language import is_right_to_left, use_language

#: Has Devanagari, for which many systems have no font.
_FONT = Path(__file__).resolve().parents[1] / "drawing" / "fonts" / "Hind-SemiBold.ttf"

#: Among the parts of a row or a column.
SPACE = None

W = TypeVar("W", bound=QWidget)


def add_font() -> None:
    """Have the font of the labels stand in where the system has none for a script."""
    QFontDatabase.addApplicationFont(str(_FONT))


def speak(language: str) -> None:
    """Have what is shown from now on be in a language, from right to left if that is its way."""
    use_language(language)
    mirrored = is_right_to_left(language)
    directions = Qt.LayoutDirection
    QApplication.setLayoutDirection(directions.RightToLeft if mirrored else directions.LeftToRight)


def named(widget: W, name: str) -> W:
    """The widget, with the name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


def make_label(text: str = "", name: str = "", *, wraps: bool = False) -> QLabel:
    """A line of plain text, or a paragraph."""
    label = named(QLabel(text), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    if wraps:
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label


def make_button(text: str, action: Callable[[], object], name: str = "") -> QPushButton:
    """A button that calls a function."""
    button = named(QPushButton(text), name)
    button.clicked.connect(lambda _checked: action())
    return button


def make_menu_button(
    text: str, *entries: tuple[str, Callable[[], object]]
) -> tuple[QPushButton, list[QAction]]:
    """A button that opens a menu.

    Args:
        text: What the button says.
        *entries: What each entry says, and what it calls.

    Returns:
        The button, and its entries.
    """
    button = QPushButton(text)
    menu = QMenu(button)
    actions = [menu.addAction(entry) for entry, _function in entries]
    for action, (_entry, function) in zip(actions, entries, strict=True):
        action.triggered.connect(lambda _checked, function=function: function())
    button.setMenu(menu)
    return button, actions


def make_line(
    name: str, done: Callable[[], object], *, hint: str = "", longest: int = 200
) -> QLineEdit:
    """A field for a line of text.

    Args:
        name: What it is, for screen readers.
        done: Called at the Return key.
        hint: What it says while it is empty.
        longest: How much can be typed, in characters.
    """
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(hint)
    line.setMaxLength(longest)
    line.returnPressed.connect(done)
    return line


def make_choice(name: str, chosen: Callable[[int], object], *, width: int = 0) -> QComboBox:
    """A box to choose from.

    Args:
        name: What is chosen, for screen readers.
        chosen: Called with the place of what the user has chosen.
        width: The least, in pixels of the desktop.
    """
    box = QComboBox()
    box.setAccessibleName(name)
    box.setAccessibleDescription(name)  # its name is its value, for Qt
    box.setMinimumWidth(width)
    box.activated.connect(chosen)
    return box


def offer(box: QComboBox, choices: Sequence[tuple[Any, str]]) -> None:
    """Have a box offer these values under these texts; what is chosen stays, if it is there."""
    if choices == [(box.itemData(i), box.itemText(i)) for i in range(box.count())]:
        return
    chosen = box.currentData()
    box.clear()
    for value, text in choices:
        box.addItem(text, value)
    box.setCurrentIndex(0 if chosen is None else max(box.findData(chosen), 0))


class _Spacing(TypedDict, total=False):
    """How parts are put together.

    Attributes:
        parent: The widget that they are put into; a new one if it is left out.
        grows: Those that take the room that is left.
        spacing: Between them, in pixels of the desktop.
        margins: Around them: left, top, right, bottom.
    """

    parent: QWidget
    grows: Collection[QWidget]
    spacing: int
    margins: tuple[int, int, int, int]


def make_row(*parts: QWidget | None, **spacing: Unpack[_Spacing]) -> QWidget:
    """A widget with parts side by side; `SPACE` among them takes the room that is left."""
    return _lay_out(QHBoxLayout, parts, spacing)


def make_column(*parts: QWidget | None, **spacing: Unpack[_Spacing]) -> QWidget:
    """A widget with parts one below the other; `SPACE` among them takes the room that is left."""
    return _lay_out(QVBoxLayout, parts, spacing)


def _lay_out(
    kind: Callable[[QWidget], QBoxLayout], parts: Iterable[QWidget | None], spacing: _Spacing
) -> QWidget:
    widget = spacing.get("parent") or QWidget()
    layout = kind(widget)
    layout.setSpacing(spacing.get("spacing", 8))
    layout.setContentsMargins(*spacing.get("margins", (0, 0, 0, 0)))
    for part in parts:
        if part is SPACE:
            layout.addStretch()
        else:
            layout.addWidget(part, int(part in spacing.get("grows", ())))
    return widget
