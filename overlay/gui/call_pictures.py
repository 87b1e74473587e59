"""Where the camera is chosen in a call, drawn as a plan: no program looks exactly like it."""

from __future__ import annotations

from html import escape
from string import Template

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from overlay.gui.parts import SPACE, make_column, make_label, make_row
from overlay.gui.style import RESOURCES, draw_svg
from overlay.language import N_, _

#: The programs, as their drawings are called, and what to click in each; then comes the camera.
_PROGRAMS = {
    "zoom": (N_("the arrow beside Video"),),
    "meet": (N_("the three dots, Settings"), N_("Video")),
    "teams": (N_("the arrow beside Camera"),),
}


class CallPictures(QWidget):
    """All programs side by side, each with its plan and its steps in words."""

    def __init__(self) -> None:
        super().__init__()
        self._plans = {program: _Plan(program) for program in _PROGRAMS}
        self._words = {program: make_label(wraps=True) for program in _PROGRAMS}
        parts = [
            make_column(
                make_label(name.capitalize(), "section"), plan, self._words[name], SPACE, spacing=4
            )
            for name, plan in self._plans.items()
        ]
        make_row(*parts, parent=self, grows=parts, spacing=14)

    def show_name(self, name: str) -> None:
        """Show what the camera is called."""
        for program, clicks in _PROGRAMS.items():
            steps = [*map(_, clicks), name]
            lines = (f"{number}  {step}" for number, step in enumerate(steps, 1))
            self._words[program].setText("\n".join(lines))
            self._plans[program].show_name(name)
            self._plans[program].setAccessibleName(f"{program.capitalize()}: {'; '.join(steps)}")


class _Plan(QWidget):
    """One program: its call, its buttons, what opens, and the numbers of the steps."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._svg = Template((RESOURCES / f"{program}.svg").read_text())
        self._shape = QSvgRenderer(self._svg.template.encode()).defaultSize()
        self._name = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(150)

    def show_name(self, name: str) -> None:
        """Show what the camera is called."""
        if name != self._name:
            self._name = name
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """About a third of the window."""
        return QSize(220, self.heightForWidth(220))

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """It keeps its shape."""
        return round(width * self._shape.height() / self._shape.width())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the plan in the colours of the window."""
        draw_svg(self, self._svg, camera=escape(self._name))
