"""The pictures of a class's board: shares now, shares over the lesson, and the QR code."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from overlay.gui.style import DARK, colors

#: The state that is drawn as a hatching, at the top of the stack.
_ABSENT = "absent"

_ROW_PX, _BAR_PX, _NAME_PX, _PERCENT_PX = 25, 14, 130, 56
_TICK_PX, _MARK_PX, _BADGE_PX = 20, 22, 16

#: Longer than this between two rows, in seconds, is a break.
_BREAK_S = 25.0
_INTERVAL_S = 10.0

#: Round steps between times of day, in seconds, and how many fit.
_STEPS_S, _MOST_TICKS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600), 7

States = Sequence[dict[str, str]]

#: Where a time lies, in pixels.
Place = Callable[[float], float]


def _brush(state: dict[str, str]) -> QBrush:
    color = QColor(state["dark" if colors() is DARK else "light"])
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
        told = "" if shares is None else ", ".join(self._told(shares))
        self.setAccessibleName(told)
        self.update()

    def _told(self, shares: list[int]) -> list[str]:
        return [f"{s['name']} {share} %" for s, share in zip(self._states, shares, strict=True)]

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
    """Shares over the lesson as stacked areas, with marks above."""

    def __init__(self, states: States) -> None:
        super().__init__()
        self._states = states
        self._view: dict[str, Any] = {"rows": [], "moments": [], "utc_offset_s": 0}
        self.setMinimumSize(420, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for an hour."""
        return QSize(620, 260)

    def show_view(self, view: dict[str, Any]) -> None:
        """Show the rows and moments of a view."""
        self._view = view
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the areas, the times of day, and the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = colors()
        area = QRectF(0, _MARK_PX, self.width(), self.height() - _MARK_PX - _TICK_PX)
        painter.fillRect(area, QColor(now.hover))
        rows = self._view["rows"]
        if not rows:
            return
        begin: float = rows[0][0] - _INTERVAL_S
        end: float = max(rows[-1][0], rows[0][0] + 120)

        def x(clock: float) -> float:
            return area.left() + area.width() * (clock - begin) / (end - begin)

        painter.setPen(Qt.PenStyle.NoPen)
        for stretch in _stretches(rows):
            self._draw_stretch(painter, stretch, area, x)
        self._draw_ticks(painter, begin, end, area, x)
        self._draw_marks(painter, area, x)

    def _draw_stretch(self, painter: QPainter, rows: list[Any], area: QRectF, x: Place) -> None:
        places = [x(rows[0][0] - _INTERVAL_S), *(x(row[0]) for row in rows)]
        below = [0.0] * len(places)
        order = [*range(1, len(self._states) - 1), 0, len(self._states) - 1]
        for index in order:
            shares = [row[1][index] for row in rows]
            above = [b + s for b, s in zip(below, [shares[0], *shares], strict=True)]
            points = [*zip(places, above, strict=True)]
            points += reversed([*zip(places, below, strict=True)])
            painter.setBrush(_brush(self._states[index]))
            scale = area.height() / 100
            outline = [QPointF(at, area.bottom() - scale * share) for at, share in points]
            painter.drawPolygon(QPolygonF(outline))
            below = above

    def _draw_ticks(
        self, painter: QPainter, begin: float, end: float, area: QRectF, x: Any
    ) -> None:
        now, offset = colors(), self._view["utc_offset_s"]
        step = next((s for s in _STEPS_S if (end - begin) / s <= _MOST_TICKS), _STEPS_S[-1])
        clock = -(-(begin + offset) // step) * step - offset
        while clock <= end:
            text = time.strftime("%H:%M" if step >= 60 else "%H:%M:%S", time.gmtime(clock + offset))
            place = min(max(x(clock) - 30, 0), self.width() - 60)
            painter.setPen(QColor(now.muted))
            box = QRectF(place, area.bottom(), 60, _TICK_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            clock += step

    def _draw_marks(self, painter: QPainter, area: QRectF, x: Place) -> None:
        now = colors()
        free = 9.0  # numbers that would lie on one another are moved apart
        for number, (clock, _, __, own) in enumerate(self._view["moments"], 1):
            at = min(max(x(clock), free), self.width() - 9.0)
            free = at + _BADGE_PX + 2
            painter.setPen(QPen(QColor(now.accent if own else now.muted), 1.5))
            painter.drawLine(QPointF(at, _MARK_PX - 3), QPointF(x(clock), area.top()))
            painter.drawLine(QPointF(x(clock), area.top()), QPointF(x(clock), area.bottom()))
            badge = QRectF(at - _BADGE_PX / 2, 1, _BADGE_PX, _BADGE_PX)
            painter.setBrush(QColor(now.accent if own else now.back))
            if own:
                painter.drawRoundedRect(badge, 4, 4)
            else:
                painter.drawEllipse(badge)
            painter.setPen(QColor(now.on_accent if own else now.text))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(number))


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


def _stretches(rows: Sequence[Any]) -> list[list[Any]]:
    """Rows with shares that follow one another."""
    found: list[list[Any]] = []
    last: float | None = None
    for row in rows:
        if row[1] is None:
            last = None
            continue
        if last is None or row[0] - last > _BREAK_S:
            found.append([])
        found[-1].append(row)
        last = row[0]
    return found
