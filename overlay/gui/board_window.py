"""The board of a class: how many share, their shares now and over the lesson, and marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QListWidget, QMainWindow, QWidget

from overlay.gui.board_charts import LessonChart, ShareBars, make_qr_code
from overlay.gui.dialog_window import DialogWindow
from overlay.gui.parts import (
    SPACE,
    make_button,
    make_column,
    make_label,
    make_line,
    make_row,
    named,
)
from overlay.gui.wording import Dialog
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
        self._line = make_label(wraps=True)
        self._problem_text = make_label(wraps=True)
        self._problem = make_row(
            self._problem_text, parent=named(QFrame(), "problem"), margins=(10, 6, 10, 6)
        )
        self._bars = ShareBars(first["states"])
        self._chart = LessonChart(first["states"])
        self._moments = QListWidget()
        self._moments.setAccessibleName(_("Moments"))
        self._moments.setMaximumHeight(110)
        self._note = make_line(
            _("Note for a mark"),
            self._mark,
            hint=_("Note, for example: the question about springs"),
            longest=_LONGEST_NOTE,
        )
        pictures = make_row(make_column(self._bars, SPACE), self._chart, spacing=18)
        page = make_column(
            self._head(),
            self._problem,
            pictures,
            self._moments,
            make_row(
                self._note,
                make_button(_("Mark this moment"), self._mark),
                make_button(_("End the class"), self._ask_to_end, "primary"),
            ),
            make_label(_limits(first["least"]), "muted", wraps=True),
            parent=named(QWidget(), "page"),
            grows=[pictures],
            spacing=12,
            margins=(18, 16, 18, 14),
        )
        self.setCentralWidget(page)
        self.resize(1000, 720)

    def show_view(self, view: dict[str, Any]) -> None:
        """Show what has changed, from `overlay.classroom.view.view`."""
        self._line.setText(view["line"])
        self._problem_text.setText(view["problem"] or "")
        self._problem.setVisible(bool(view["problem"]))
        self._bars.show_shares(view["shares"])
        self._chart.show_chart(view["chart"])
        lines = [f"{number}  {moment}" for number, moment in enumerate(view["moments"], 1)]
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
        """The class and how it goes, and how to join it."""
        code = make_label(self._first["code"])
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSize(16)
        code.setFont(font)
        code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return make_row(
            make_column(
                make_label(self._first["title"], "heading", wraps=True),
                self._line,
                SPACE,
                spacing=6,
            ),
            make_column(
                SPACE,
                make_label(_("Code"), "muted"),
                code,
                make_button(_("Copy link"), self._copy_link),
                SPACE,
                spacing=6,
            ),
            make_qr_code(self._first["qr"]),
            spacing=18,
        )

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self._first["link"])

    def _mark(self) -> None:
        self._send({"mark": self._note.text()})
        self._note.clear()

    def _ask_to_end(self) -> bool:
        question = Dialog(
            _(
                "End the class?\n\n"
                "Nobody will share with it any more, and a page with its results will "
                "be written."
            ),
            yes=_("End the class"),
            no=_("Cancel"),
            title=self._first["title"],
        )
        if DialogWindow(question, self).exec():
            self._ending = True
            self._send({"end": True})
        return self._ending


def _limits(least: int) -> str:
    return _(
        "Not a measure of attention or understanding, and not a grade. Sums of "
        "at least {least} people who chose to share; an expression is not a "
        "feeling, and the network is often wrong."
    ).format(least=least)
