"""The live picture in a window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy

from overlay.gui.frames import FrameBuffer
from overlay.gui.style import DARK
from overlay.language import _

#: How often to look for a new picture, in milliseconds.
_LOOK_MS = 12

#: Width of the frame that says that the call sees labels.
_AIR_PX = 5

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
        self._image = QImage()
        self._pixels = b""
        self._on_air = False
        self._marked: QRectF | None = None
        self.setPixmap(QPixmap(1, 1))  # only a label with a picture is one for screen readers
        self.setAccessibleName(_("Preview: your own picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._timer = QTimer(self, interval=_LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def sizeHint(self) -> QSize:  # noqa: N802
        """The size of the frames, unless that is large."""
        frames = QSize(*self._buffer.size)
        fits = frames.boundedTo(_LARGEST_HINT) == frames
        return frames if fits else frames.scaled(_LARGEST_HINT, Qt.AspectRatioMode.KeepAspectRatio)

    def set_on_air(self, on_air: bool) -> None:
        """Show the red frame, or no longer."""
        if on_air != self._on_air:
            self._on_air = on_air
            self.update()

    def mark(self, place: QRectF | None) -> None:
        """Frame a place, as shares of the picture's width and height; None for none."""
        if place != self._marked:
            self._marked = place
            self.update()

    def look(self) -> None:
        """Take the newest picture and line, and say how large the next should be."""
        ratio = self.devicePixelRatioF()
        handle = self.window().windowHandle()
        seen = handle is not None and handle.isExposed() and not self.window().isMinimized()
        area = self._area() if seen else QRect()
        self._buffer.ask_for(round(area.width() * ratio), round(area.height() * ratio), ratio)
        if (text := self._buffer.take_text()) is not None:
            self.described.emit(text)
        if (taken := self._buffer.take()) is not None:
            self._pixels, width, height = taken  # QImage does not keep its memory
            self._image = QImage(
                self._pixels, width, height, 3 * width, QImage.Format.Format_BGR888
            )
            self.update()

    def _area(self) -> QRect:
        margin = _AIR_PX if self._on_air else 0
        return self.rect().adjusted(margin, margin, -margin, -margin)

    def _place(self) -> QRectF:
        """Where the picture is: in its own pixels, unless the window has just changed its size."""
        area, ratio = self._area(), self.devicePixelRatioF()
        size = self._image.size().toSizeF() / ratio
        if not _just_fits(size.toSize(), area.size()):
            size = size.scaled(area.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
        left = round((area.x() + (area.width() - size.width()) / 2) * ratio) / ratio
        top = round((area.y() + (area.height() - size.height()) / 2) * ratio) / ratio
        return QRectF(QPointF(left, top), size)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Say where in the picture that was."""
        place = self._place()
        if place.contains(event.position()) and event.button() == Qt.MouseButton.LeftButton:
            at = event.position() - place.topLeft()
            self.clicked.emit(at.x() / place.width(), at.y() / place.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw picture and frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.air if self._on_air else _BEHIND))
        area = self._area()
        painter.fillRect(area, QColor(_BEHIND))
        if self._image.isNull():
            return
        place = self._place()
        if place.width() != self._image.width() / self.devicePixelRatioF():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(place.topLeft())
        painter.scale(place.width() / self._image.width(), place.height() / self._image.height())
        painter.drawImage(0, 0, self._image)
        if self._marked is not None:
            width, height = self._image.width(), self._image.height()
            painter.scale(width, height)
            for color, style in ((_BEHIND, Qt.PenStyle.SolidLine), (_MARK, Qt.PenStyle.DashLine)):
                pen = QPen(QColor(color), 2, style)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawRect(self._marked)


def _just_fits(size: QSize, area: QSize) -> bool:
    """Whether a picture fills an area in one direction, to a pixel or two."""
    spare = area.width() - size.width(), area.height() - size.height()
    return min(spare) >= -1 and min(map(abs, spare)) <= 2
