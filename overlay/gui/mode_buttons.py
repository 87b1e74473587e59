"""Three large buttons, one for each mode."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from overlay.gui.parts import make_row
from overlay.gui.style import colors
from overlay.gui.wording import MODES
from overlay.language import _


class ModeButtons(QWidget):
    """Who sees labels; the keys 1, 2 and 3 choose as well.

    Args:
        choose: Called with the mode that the user chooses.
    """

    def __init__(self, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._buttons: dict[str, _ModeButton] = {}
        self._focused = False
        for key, (mode, name, means) in enumerate(MODES, 1):
            button = _ModeButton(f"{key}  {_(name)}", _(means), on_air=mode == "on-air")
            button.clicked.connect(lambda _checked, mode=mode: choose(mode))
            QShortcut(QKeySequence(str(key)), self, button.click)
            self._buttons[mode] = button
        make_row(*self._buttons.values(), parent=self)

    def show_mode(self, mode: str) -> None:
        """Show which mode is on."""
        for name, button in self._buttons.items():
            button.setChecked(name == mode)
            if name == mode and not self._focused:
                self._focused = True
                button.setFocus()

    def set_compact(self, compact: bool) -> None:
        """Leave out what the modes mean."""
        for button in self._buttons.values():
            button.set_compact(compact)


class _ModeButton(QPushButton):
    """A mode's name and, below it, what the mode means."""

    def __init__(self, name: str, means: str, *, on_air: bool) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setObjectName("air" if on_air else "mode")
        self._name, self._means, self._on_air = name, means, on_air
        self._compact = False
        self._large = QFont(self.font())
        self._large.setPointSizeF(self.font().pointSizeF() * 1.35)
        self._large.setWeight(QFont.Weight.DemiBold)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}: {means}")
        self.setToolTip(means)

    def set_compact(self, compact: bool) -> None:
        """Leave out what the mode means."""
        self._compact = compact
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for both lines, or for one."""
        name, means = QFontMetrics(self._large), self.fontMetrics()
        if self._compact:
            return QSize(name.horizontalAdvance(self._name) + 16, name.height() + 12)
        width = max(name.horizontalAdvance(self._name), means.horizontalAdvance(self._means))
        return QSize(width + 24, name.height() + means.height() + 18)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same: nothing is cut off."""
        return self.sizeHint()

    def nextCheckState(self) -> None:  # noqa: N802
        """A click checks nothing: the application says what is on."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw both lines on the button."""
        super().paintEvent(event)
        now = colors()
        text, muted = now.text, now.muted
        if self.isChecked():
            text = muted = now.on_air if self._on_air else now.on_accent
        painter = QPainter(self)
        place = self.rect()
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.setPen(QColor(text))
        painter.setFont(self._large)
        if self._compact:
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignVCenter, self._name)
            return
        height = QFontMetrics(self._large).height()
        painter.drawText(place.adjusted(0, 8, 0, 0), middle, self._name)
        painter.setPen(QColor(muted))
        painter.setFont(self.font())
        painter.drawText(place.adjusted(0, 9 + height, 0, 0), middle, self._means)
