"""The bar that says what the call sees."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from overlay.gui.parts import make_label, make_row
from overlay.gui.wording import CallView
from overlay.language import _


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
        detail = _("The application does not answer; it may be busy, or have ended.")
        self.show_view(CallView(_("No answer"), detail, "problem"))

    def set_compact(self, compact: bool) -> None:
        """Leave out the sentence."""
        self._detail.setVisible(not compact)
