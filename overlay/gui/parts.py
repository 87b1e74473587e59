"""The small parts that windows are made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from overlay.language import is_right_to_left, use_language

#: Has Devanagari, for which many systems have no font.
_FONT = Path(__file__).resolve().parents[1] / "drawing" / "fonts" / "Hind-SemiBold.ttf"

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


def make_row(
    parent: QWidget, *, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """The widget's layout: its children side by side."""
    return _spaced(QHBoxLayout(parent), spacing, margins)


def make_column(
    parent: QWidget, *, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """The widget's layout: its children one below the other."""
    return _spaced(QVBoxLayout(parent), spacing, margins)


L = TypeVar("L", bound=QBoxLayout)


def _spaced(layout: L, spacing: int, margins: tuple[int, int, int, int]) -> L:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout
