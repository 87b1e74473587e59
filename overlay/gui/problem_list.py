"""What is wrong, and a button for each that helps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from overlay.gui.parts import make_button, make_label, make_row, named
from overlay.gui.wording import problem_lines
from overlay.language import N_, _

#: The window's own answer to a problem: the steps of the first start.
SET_UP = "set-up"

#: What can be done about a problem, by the part that has it: what the application offers, or
#: `SET_UP`.
_HELP = {"output": (SET_UP, N_("Set up")), "source": ("help", N_("Find out why"))}
_OTHERWISE = ("help", N_("Find out why"))


class ProblemList(QWidget):
    """One row for each problem.

    Args:
        act: Has the application, or the window, do something.
    """

    def __init__(self, act: Callable[[str], None]) -> None:
        super().__init__()
        self._act = act
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_problems(self, problems: Mapping[str, str], offers: Collection[str]) -> None:
        """Show what is wrong now."""
        shown = (dict(problems), frozenset(offers))
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._column.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.deleteLater()
        for room, line in zip(problems, problem_lines(problems), strict=True):
            command, text = _HELP.get(room, _OTHERWISE)
            if command not in offers:
                command, text = _OTHERWISE
            self._column.addWidget(self._row(line, command if command in offers else "", text))

    def _row(self, line: str, command: str, text: str) -> QWidget:
        parts: list[QWidget] = [make_label(line, wraps=True)]
        if command:
            parts.append(make_button(_(text), lambda: self._act(command)))
        return make_row(*parts, parent=named(QFrame(), "problem"), margins=(12, 6, 6, 6))
