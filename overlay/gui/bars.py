"""What the window says about the call, the class, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from overlay.gui.parts import make_button, make_label, make_row, named
from overlay.gui.wording import CallView, class_line, problem_lines
from overlay.language import N_, _

#: The window's own answer to a problem: the steps of the first start.
SET_UP = "set-up"

#: What can be done about a problem, by the part that has it: what the application offers, or
#: `SET_UP`.
_HELP = {"output": (SET_UP, N_("Set up"))}
_OTHERWISE = ("help", N_("Find out why"))


class CallBar(QFrame):
    """What the call sees, in words and in colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("call")
        self._headline = make_label(name="headline")
        self._detail = make_label(wraps=True)
        make_row(self._headline, self._detail, parent=self, spacing=14, margins=(14, 9, 14, 9))

    def show_view(self, view: CallView) -> None:
        """Show what the call sees."""
        on_air = view.tone == "on-air"
        self._headline.setText(f"●  {view.headline.upper()}" if on_air else view.headline)
        self._detail.setText(view.detail)
        self.setAccessibleName(f"{view.headline}. {view.detail}")
        self.setToolTip(view.detail)
        if self.property("tone") != view.tone:
            self.setProperty("tone", view.tone)
            for widget in (self, self._headline, self._detail):
                self.style().unpolish(widget)
                self.style().polish(widget)

    def show_lost(self) -> None:
        """Say that nothing is known."""
        detail = _("The application does not answer; it may be busy or have ended.")
        self.show_view(CallView(_("No answer"), detail, "problem"))

    def set_compact(self, compact: bool) -> None:
        """Leave out the sentence."""
        self._detail.setVisible(not compact)


class ClassBar(QFrame):
    """With which class something is shared, how that goes, and a button that ends it.

    Args:
        tell: Has the application do something.
    """

    def __init__(self, tell: Callable[..., None]) -> None:
        super().__init__()
        self.setObjectName("call")
        self._line = make_label(wraps=True)
        leave = make_button(_("Leave the class"), lambda: tell("class-leave"))
        make_row(self._line, leave, parent=self, spacing=14, margins=(14, 6, 14, 6))
        self.setVisible(False)

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show how it is with the class; nothing if there is none."""
        known = answer.get("class")
        self.setVisible(known is not None)
        if known is not None:
            self._line.setText(f"▲  {class_line(known)}")


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
