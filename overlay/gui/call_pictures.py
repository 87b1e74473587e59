"""Where the camera is chosen in a call, drawn as a plan: no program looks exactly like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from overlay.gui.parts import make_column, make_label, make_row
from overlay.gui.style import colors
from overlay.language import N_, _

#: The plan is drawn on so many units, and scaled.
_WIDTH, _HEIGHT = 200.0, 112.0
_BUTTON, _GAP = 14.0, 4.0


@dataclass(frozen=True, slots=True)
class Program:
    """Where one program has its cameras.

    Attributes:
        name: The program.
        steps: What to click, one after the other; the last one is the camera.
        bar: Whether its buttons are at the top or at the bottom of the call.
        buttons: How many it shows.
        first: Which of them comes first, from the left and from 0.
        symbol: What that one shows.
        tabs: Whether a dialog opens, with a list at its side, rather than a menu.
    """

    name: str
    steps: tuple[str, ...]
    bar: Literal["top", "bottom"]
    buttons: int
    first: int
    symbol: Literal["arrow", "dots"]
    tabs: bool = False


PROGRAMS = (
    Program(
        name="Zoom",
        steps=(N_("the arrow beside Video"), "{name}"),
        bar="bottom",
        buttons=6,
        first=1,
        symbol="arrow",
    ),
    Program(
        name="Meet",
        steps=(N_("the three dots, Settings"), N_("Video"), "{name}"),
        bar="bottom",
        buttons=6,
        first=4,
        symbol="dots",
        tabs=True,
    ),
    Program(
        name="Teams",
        steps=(N_("the arrow beside Camera"), "{name}"),
        bar="top",
        buttons=6,
        first=3,
        symbol="arrow",
    ),
)


class CallPictures(QWidget):
    """All programs side by side, each with its plan and its steps in words."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: list[_Plan] = []
        self._words = [make_label(wraps=True) for _program in PROGRAMS]
        row = make_row(self, spacing=14)
        for program, words in zip(PROGRAMS, self._words, strict=True):
            part, plan = QWidget(), _Plan(program)
            self._plans.append(plan)
            column = make_column(part, spacing=4)
            column.addWidget(make_label(program.name, "section"))
            column.addWidget(plan)
            column.addWidget(words)
            column.addStretch()
            row.addWidget(part, 1)

    def show_name(self, name: str) -> None:
        """Show what the camera is called."""
        for program, plan, words in zip(PROGRAMS, self._plans, self._words, strict=True):
            steps = [_(step).format(name=name) for step in program.steps]
            text = "\n".join(f"{number}  {step}" for number, step in enumerate(steps, 1))
            words.setText(text)
            plan.show_name(name)
            plan.setAccessibleName(f"{program.name}: {'; '.join(steps)}")


class _Plan(QWidget):
    """One program."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program, self._name = program, ""
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
        return round(width * _HEIGHT / _WIDTH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the call, its buttons, what opens, and the numbers of the steps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / _WIDTH, self.height() / _HEIGHT)
        painter.scale(scale, scale)
        pen = _Pen(painter)
        pen.box(QRectF(0.5, 0.5, _WIDTH - 1, _HEIGHT - 1), colors().raised)
        if not self._program.tabs:  # a dialog would hide them
            pen.person(QPointF(36, _HEIGHT / 2 + 4))
        button = self._draw_bar(pen)
        place = self._place_of_menu(button)
        pen.box(place, colors().back)
        camera = place.adjusted(5, 5, -5, -5)
        number = 2
        if self._program.tabs:
            tabs = QRectF(camera.left(), camera.top(), 26, camera.height())
            tab = pen.rows(tabs, chosen=1)
            pen.number(tab.center(), number)
            number += 1
            camera.setLeft(tabs.right() + 6)
        row = pen.rows(camera, chosen=1, text=self._name)
        pen.number(QPointF(row.right() + 1, row.center().y()), number)
        away = QPointF(0, -14.5 if self._program.bar == "bottom" else 14.5)
        pen.number(button.center() + away, 1)

    def _draw_bar(self, pen: _Pen) -> QRectF:
        """The buttons; the one with which it begins."""
        program = self._program
        width = program.buttons * (_BUTTON + _GAP) - _GAP
        top = _HEIGHT - _BUTTON - 5 if program.bar == "bottom" else 5
        left = (_WIDTH - width) / 2
        first = QRectF()
        for number in range(program.buttons):
            place = QRectF(left + number * (_BUTTON + _GAP), top, _BUTTON, _BUTTON)
            if number == program.first:
                first = place
                pen.box(place, colors().accent, radius=3)
                getattr(pen, program.symbol)(place)
            else:
                pen.box(place, colors().hover, radius=3)
        return first

    def _place_of_menu(self, button: QRectF) -> QRectF:
        if self._program.tabs:
            return QRectF(24, 14, _WIDTH - 48, 60)
        top = 16.0 if self._program.bar == "bottom" else button.bottom() + 18
        return QRectF(_WIDTH - 136, top, 126, 56)


class _Pen:
    """Draws the parts of a plan in the colours of the window."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter
        self._font = QFont(painter.font())

    def box(self, place: QRectF, fill: str, radius: float = 4) -> None:
        self._painter.setPen(QPen(QColor(colors().edge), 1))
        self._painter.setBrush(QColor(fill))
        self._painter.drawRoundedRect(place, radius, radius)

    def person(self, middle: QPointF) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colors().edge))
        self._painter.drawEllipse(middle + QPointF(0, -12), 10, 10)
        self._painter.drawPie(QRectF(middle.x() - 19, middle.y() + 1, 38, 40), 0, 180 * 16)

    def rows(self, place: QRectF, chosen: int, text: str = "") -> QRectF:
        """Three lines, one of them chosen, perhaps with words; where that one is."""
        height, found = place.height() / 3, QRectF()
        for number in range(3):
            line = QRectF(place.left(), place.top() + number * height, place.width(), height)
            line.adjust(0, 1.5, 0, -1.5)
            if number == chosen:
                found = line
                self.box(line, colors().accent, radius=3)
                self._text(line.adjusted(4, 0, -6, 0), text)
            else:
                bar = QRectF(line.left() + 4, line.center().y() - 1.5, line.width() * 0.6, 3)
                self.box(bar, colors().edge, radius=1.5)
        return found

    def number(self, middle: QPointF, number: int) -> None:
        """A step, on a disc that stands out from everything."""
        self._painter.setPen(QPen(QColor(colors().raised), 1.2))
        self._painter.setBrush(QColor(colors().text))
        self._painter.drawEllipse(middle, 6.5, 6.5)
        self._write(QRectF(middle.x() - 7, middle.y() - 7, 14, 14), str(number), colors().raised, 9)

    def arrow(self, place: QRectF) -> None:
        middle = place.center()
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(colors().on_accent), 1.6))
        points = [middle + QPointF(x, y) for x, y in ((-3.5, 2), (0, -1.5), (3.5, 2))]
        self._painter.drawPolyline(points)

    def dots(self, place: QRectF) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colors().on_accent))
        for y in (-4, 0, 4):
            self._painter.drawEllipse(place.center() + QPointF(0, y), 1.4, 1.4)

    def _text(self, place: QRectF, text: str) -> None:
        self._write(place, text, colors().on_accent, 9, Qt.AlignmentFlag.AlignLeft)

    def _write(
        self,
        place: QRectF,
        text: str,
        color: str,
        size: int,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        self._font.setPixelSize(size)
        self._font.setWeight(QFont.Weight.DemiBold)
        self._painter.setFont(self._font)
        self._painter.setPen(QColor(color))
        self._painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
