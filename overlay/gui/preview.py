"""The live picture in a window."""

from __future__ import annotations

import time
from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QLabel, QSizePolicy

from overlay.gui.frames import FrameBuffer
from overlay.gui.style import DARK
from overlay.language import _

#: How often to look for a new picture while nobody sees the window, in milliseconds.
_HIDDEN_MS = 100

#: How often to see whether the window is seen, and on what screen, in seconds.
_FIT_EVERY_S = 0.25

#: So much larger than half the frames a picture may be to be shown in just half their size.
_ALMOST = 1.08

#: Width of the frame that says that the call sees labels.
_AIR_PX = 5

#: That of the pictures in the memory, and of most screens: nothing is converted.
_FORMAT = QImage.Format.Format_RGB32

_BEHIND = "#0d0f12"
_MARK = "#ffffff"
_LARGEST_HINT = QSize(960, 540)


class Preview(QLabel):
    """Shows the newest picture, as large as fits, pixel for pixel on the screen.

    Attributes:
        described: The application's line about the picture, whenever it has changed.
        clicked: Where the user has clicked, as shares of the picture's width and height.
    """

    described = Signal(str)
    clicked = Signal(float, float)

    def __init__(self, buffer: FrameBuffer) -> None:
        super().__init__()
        self._buffer = buffer
        self._image, self._size = QImage(), (0, 0)
        self._place, self._covered, self._to_place = QRectF(), QRect(), QTransform()
        self._seen, self._is_scaled, self._fit_at = False, False, 0.0
        self._on_air = False
        self._marked: QRectF | None = None
        self.setPixmap(QPixmap(1, 1))  # only a label with a picture is one for screen readers
        self.setAccessibleName(_("Preview: your own picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.look)
        self._timer.start(0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The size of the frames, unless that is large."""
        frames = QSize(*self._buffer.size)
        fits = frames.boundedTo(_LARGEST_HINT) == frames
        return frames if fits else frames.scaled(_LARGEST_HINT, Qt.AspectRatioMode.KeepAspectRatio)

    def set_on_air(self, on_air: bool) -> None:
        """Show the red frame, or no longer."""
        if on_air != self._on_air:
            self._on_air = on_air
            self._fit()
            self.update()

    def mark(self, place: QRectF | None) -> None:
        """Frame a place, as shares of the picture's width and height; None for none."""
        if place != self._marked:
            self._marked = place
            self.update()

    def look(self) -> None:
        """Take the newest picture and line, and look again when the next one should be there."""
        if not self._seen or time.monotonic() >= self._fit_at:
            self._fit()
        if (text := self._buffer.take_text()) is not None:
            self.described.emit(text)
        if (taken := self._buffer.take()) is not None:
            self._show(*taken)
        self._timer.start(ceil(1000 * self._buffer.rest_s) if self._seen else _HIDDEN_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Have the next picture fit."""
        super().resizeEvent(event)
        self._fit()

    def _show(self, pixels: memoryview, width: int, height: int) -> None:
        self._image = QImage(pixels, width, height, _FORMAT)
        if (width, height) != self._size:
            self._size = width, height
            self._fit()
        self.update(self._covered)

    def _fit(self) -> None:
        """Say how large the next picture should be, and work out where this one is."""
        self._fit_at = time.monotonic() + _FIT_EVERY_S
        ratio = self.devicePixelRatioF()
        handle = self.window().windowHandle()
        self._seen = bool(handle and handle.isExposed()) and not self.window().isMinimized()
        area = _halving(self._area(), QSize(*self._buffer.size), ratio)
        wanted = area.size() * ratio if self._seen else QSize()
        self._buffer.ask_for(wanted.width(), wanted.height(), ratio)
        image = self._image.size().toSizeF() / ratio
        place = QRectF() if image.isEmpty() else _centered(image, area, ratio)
        if place != self._place:
            self._place, self._covered = place, place.toAlignedRect()
            self.update()
        if not self._image.isNull():
            scale = place.width() / self._image.width()
            self._to_place = QTransform(scale, 0, 0, scale, place.x(), place.y())
            self._is_scaled = place.width() != self._image.width() / ratio

    def _area(self) -> QRect:
        margin = _AIR_PX if self._on_air else 0
        return self.rect().adjusted(margin, margin, -margin, -margin)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Say where in the picture that was."""
        place, at = self._place, event.position()
        if place.contains(at) and event.button() == Qt.MouseButton.LeftButton:
            at -= place.topLeft()
            self.clicked.emit(at.x() / place.width(), at.y() / place.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw picture and frame."""
        painter = QPainter(self)
        if event.rect() != self._covered:  # more than a new picture
            self._paint_around(painter)
        if self._image.isNull():
            return
        if self._is_scaled:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(self._to_place, True)
        painter.drawImage(0, 0, self._image)
        if self._marked is not None:
            width, height = self._image.width(), self._image.height()
            painter.scale(width, height)
            for color, style in ((_BEHIND, Qt.PenStyle.SolidLine), (_MARK, Qt.PenStyle.DashLine)):
                pen = QPen(QColor(color), 2, style)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawRect(self._marked)

    def _paint_around(self, painter: QPainter) -> None:
        """Fill what the picture does not cover."""
        painter.fillRect(self.rect(), QColor(DARK.air if self._on_air else _BEHIND))
        painter.fillRect(self._area(), QColor(_BEHIND))


def _halving(area: QRect, frames: QSize, ratio: float) -> QRect:
    """The part of an area in which frames are exactly halved, if that is almost all of it.

    That is done in a quarter of the time that other sizes take.

    Args:
        area: Where there is room for the picture.
        frames: The size of the frames.
        ratio: The screen's own pixels in one pixel of the desktop.
    """
    half = frames.toSizeF() / 2 / ratio
    if half.isEmpty():
        return area
    scale = min(area.width() / half.width(), area.height() / half.height())
    if not 1 <= scale < _ALMOST:
        return area
    inside = QRect(QPoint(), half.toSize())
    inside.moveCenter(area.center())
    return inside


def _centered(size: QSizeF, area: QRect, ratio: float) -> QRectF:
    """Where a picture is: in its own pixels, unless the window has just changed its size.

    Args:
        size: Of the picture, if each of its pixels is one of the screen.
        area: Where there is room for it.
        ratio: The screen's own pixels in one pixel of the desktop.
    """
    if not _just_fits(size.toSize(), area.size()):
        size = size.scaled(area.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
    left = round((area.x() + (area.width() - size.width()) / 2) * ratio) / ratio
    top = round((area.y() + (area.height() - size.height()) / 2) * ratio) / ratio
    return QRectF(QPointF(left, top), size)


def _just_fits(size: QSize, area: QSize) -> bool:
    """Whether a picture fills an area in one direction, to a pixel or two."""
    spare = area.width() - size.width(), area.height() - size.height()
    return min(spare) >= -1 and min(map(abs, spare)) <= 2
