"""The pictures of a class's board: shares now, shares over the lesson, and the QR code."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from overlay.gui.style import DARK, RESOURCES, colors, draw_svg

#: The state that is drawn as a hatching, at the top of the stack.
_ABSENT = "absent"

_ROW_PX, _BAR_PX, _NAME_PX, _PERCENT_PX = 25, 14, 130, 56

States = Sequence[dict[str, str]]


def _color(state: dict[str, str]) -> str:
    return state["dark" if colors() is DARK else "light"]


def _brush(state: dict[str, str]) -> QBrush:
    color = QColor(_color(state))
    if state["state"] == _ABSENT:
        return QBrush(color, Qt.BrushStyle.BDiagPattern)
    if state["state"] == "neutral":  # most of an hour; drawn pale, it lets the rest be seen
        color.setAlphaF(0.25)
    return QBrush(color)


class ShareBars(QWidget):
    """The shares of the newest interval, a row for each state."""

    def __init__(self, states: States) -> None:
        super().__init__()
        self._states = states
        self._shares: list[int] | None = None
        self.setMinimumSize(330, _ROW_PX * len(states))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: list[int] | None) -> None:
        """Show shares in per cent, in the order of the states, or none."""
        self._shares = shares
        known = zip(self._states, shares or (), strict=False)
        self.setAccessibleName(", ".join(f"{state['name']} {share} %" for state, share in known))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw names, bars and numbers."""
        painter = QPainter(self)
        now = colors()
        room = self.width() - _NAME_PX - _PERCENT_PX
        for index, state in enumerate(self._states):
            top = index * _ROW_PX
            share = None if self._shares is None else self._shares[index]
            painter.setPen(QColor(now.text if share else now.muted))
            left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(0, top, _NAME_PX, _ROW_PX), left, state["name"])
            if share is None:
                continue
            bar = QRectF(_NAME_PX, top + (_ROW_PX - _BAR_PX) / 2, room, _BAR_PX)
            painter.fillRect(bar, QColor(now.hover))
            bar.setWidth(room * share / 100)
            painter.fillRect(bar, _brush(state))
            text = QRectF(self.width() - _PERCENT_PX, top, _PERCENT_PX, _ROW_PX)
            painter.drawText(text, right, f"{share} %")


class LessonChart(QWidget):
    """Shares over the lesson, with marks above."""

    def __init__(self, states: States) -> None:
        super().__init__()
        self._states = states
        self._svg = Template((RESOURCES / "lesson.svg").read_text())
        self._chart = ""
        self.setMinimumSize(420, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for an hour."""
        return QSize(620, 260)

    def show_chart(self, chart: str) -> None:
        """Show a chart, from `overlay.classroom.chart.board_chart`."""
        self._chart = chart
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        fills = " ".join(f".e-{s['state']} {{ fill: {_color(s)}; }}" for s in self._states)
        draw_svg(self, self._svg, fills=fills, chart=self._chart)


def make_qr_code(rows: Sequence[str]) -> QLabel:
    """A QR code, dark on light whatever the desktop's colours are.

    Args:
        rows: `1` for a dark module, `0` for a light one, with the quiet zone around them.
    """
    bitmap = f"P1 {len(rows[0])} {len(rows)} {' '.join(''.join(rows))}"  # a picture, as PBM has it
    side = max(3, -(-120 // len(rows))) * len(rows)
    label = QLabel()
    label.setFixedSize(side, side)
    label.setPixmap(QPixmap.fromImage(QImage.fromData(bitmap.encode())).scaled(side, side))
    return label
