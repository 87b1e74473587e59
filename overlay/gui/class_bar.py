"""The bar that says that something is shared with a class, as long as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QFrame

from overlay.gui.parts import make_button, make_label, make_row
from overlay.gui.wording import class_line
from overlay.language import _


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
