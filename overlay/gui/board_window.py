"""The board of a class: how many share, their shares now and over the lesson, and marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QMainWindow, QWidget

from overlay.gui.board_charts import LessonChart, QrCode, ShareBars
from overlay.gui.dialog import Dialog
from overlay.gui.dialog_window import DialogWindow
from overlay.gui.parts import make_button, make_column, make_label, make_row, named
from overlay.language import _

_LONGEST_NOTE = 200


class BoardWindow(QMainWindow):
    """The board's window.

    Args:
        first: What stays the same, from `overlay.classroom.view.first_view`.
        send: Tells the board what the teacher wants: `{"mark": NOTE}` or `{"end": True}`.
    """

    def __init__(self, first: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._first, self._send = first, send
        self._ending = False
        self.setWindowTitle(_("{title} – the class").format(title=first["title"]))
        page = named(QWidget(), "page")
        self.setCentralWidget(page)
        self._line = make_label(wraps=True)
        self._problem = named(QFrame(), "problem")
        self._problem_text = make_label(wraps=True)
        make_column(self._problem, margins=(10, 6, 10, 6)).addWidget(self._problem_text)
        self._bars = ShareBars(first["states"])
        self._chart = LessonChart(first["states"])
        self._moments = QListWidget()
        self._moments.setAccessibleName(_("Moments"))
        self._moments.setMaximumHeight(110)
        self._note = QLineEdit()
        self._note.setPlaceholderText(_("Note, for example: the question about springs"))
        self._note.setMaxLength(_LONGEST_NOTE)
        self._note.returnPressed.connect(self._mark)
        column = make_column(page, spacing=12, margins=(18, 16, 18, 14))
        column.addWidget(self._head())
        column.addWidget(self._problem)
        column.addWidget(self._middle(), 1)
        column.addWidget(self._moments)
        column.addWidget(self._foot())
        column.addWidget(make_label(_limits(first["least"]), "muted", wraps=True))
        self.resize(1000, 720)

    def show_view(self, view: dict[str, Any]) -> None:
        """Show what has changed, from `overlay.classroom.view.view`."""
        self._line.setText(view["line"])
        self._problem_text.setText(view["problem"] or "")
        self._problem.setVisible(bool(view["problem"]))
        self._bars.show_shares(view["rows"][-1][1] if view["rows"] else None)
        self._chart.show_view(view)
        lines = [f"{number}  {m[1]}  {m[2]}" for number, m in enumerate(view["moments"], 1)]
        if lines != [self._moments.item(i).text() for i in range(self._moments.count())]:
            self._moments.clear()
            self._moments.addItems(lines)
            self._moments.scrollToBottom()
        self._moments.setVisible(bool(lines))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask whether the class is to end."""
        if self._ending or self._ask_to_end():
            event.accept()
        else:
            event.ignore()

    def _head(self) -> QWidget:
        head = QWidget()
        row = make_row(head, spacing=18)
        texts = QWidget()
        column = make_column(texts, spacing=6)
        column.addWidget(make_label(self._first["title"], "heading", wraps=True))
        column.addWidget(self._line)
        column.addStretch()
        row.addWidget(texts, 1)
        code = QWidget()
        column = make_column(code, spacing=6)
        column.addStretch()
        column.addWidget(make_label(_("Code"), "muted"))
        label = make_label(self._first["code"])
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSize(16)
        label.setFont(font)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label)
        column.addWidget(make_button(_("Copy link"), self._copy_link))
        column.addStretch()
        row.addWidget(code)
        row.addWidget(QrCode(self._first["qr"]))
        return head

    def _middle(self) -> QWidget:
        middle = QWidget()
        row = make_row(middle, spacing=18)
        row.addWidget(self._bars, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._chart, 1)
        return middle

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = make_row(foot)
        row.addWidget(self._note, 1)
        row.addWidget(make_button(_("Mark this moment"), self._mark))
        row.addWidget(make_button(_("End the class"), self._ask_to_end, "primary"))
        return foot

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self._first["link"])

    def _mark(self) -> None:
        self._send({"mark": self._note.text()})
        self._note.clear()

    def _ask_to_end(self) -> bool:
        question = Dialog(
            self._first["title"],
            _(
                "End the class?\n\nNobody shares with it any more, and a page with its shares is "
                "written."
            ),
            yes=_("End the class"),
            no=_("Cancel"),
        )
        if DialogWindow(question, self).exec():
            self._ending = True
            self._send({"end": True})
        return self._ending


def _limits(least: int) -> str:
    return _(
        "No measure of attention or of understanding, and no grade. Sums of at least {least} "
        "people who chose to share; an expression is not a feeling, and the network is often wrong."
    ).format(least=least)
