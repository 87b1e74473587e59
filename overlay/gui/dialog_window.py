"""Shows a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QScrollArea, QWidget

from overlay.gui.parts import make_column, make_label, named
from overlay.gui.wording import Dialog

#: How wide text is, in pixels of the desktop.
_WIDTH_PX = 480
_LARGEST_SHARE = 0.8


class DialogWindow(QDialog):
    """One dialog; `exec` returns whether the user agreed."""

    def __init__(self, dialog: Dialog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(dialog.title)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self._line = QLineEdit() if dialog.asks_text else None
        parts: list[QWidget] = []
        heading, _, text = dialog.text.partition("\n\n")
        if text and "\n" not in heading:
            parts.append(make_label(heading, "heading", wraps=True))
        else:
            text = dialog.text
        parts.append(self._text(text))
        if self._line is not None:
            self._line.setAccessibleName(dialog.text)
            parts.append(self._line)
        parts.append(self._buttons(dialog))
        make_column(*parts, parent=self, spacing=14, margins=(24, 20, 24, 18))

    @property
    def answer(self) -> str | bool:
        """Whether the user agreed; if they were asked for it, what they typed to agree."""
        agreed = self.result() == QDialog.DialogCode.Accepted
        return self._line.text() if agreed and self._line is not None else agreed

    def _text(self, text: str) -> QWidget:
        """The text, in a frame that scrolls where the screen is too small for it."""
        label = make_label(text, wraps=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setMinimumWidth(_WIDTH_PX)
        height = label.heightForWidth(_WIDTH_PX)
        available = self.screen().availableSize() * _LARGEST_SHARE
        if height + 160 <= available.height() and label.sizeHint().width() <= available.width():
            return label
        label.setContentsMargins(0, 0, 12, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(label)
        area.setMinimumSize(
            min(label.sizeHint().width() + 32, available.width()),
            min(height, available.height() - 160),
        )
        return area

    def _buttons(self, dialog: Dialog) -> QDialogButtonBox:
        roles = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox()
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        first = yes = named(buttons.addButton(dialog.yes, roles.AcceptRole), "primary")
        if dialog.no is not None:
            no = buttons.addButton(dialog.no, roles.RejectRole)
            first = yes if dialog.yes_is_default else no
        first.setDefault(True)  # the other one is when it has the keyboard
        (self._line or first).setFocus()
        return buttons
