"""Taking the labels off single faces, with the keyboard as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from overlay.gui.parts import (
    SPACE,
    make_button,
    make_choice,
    make_column,
    make_label,
    make_row,
    offer,
)
from overlay.language import _


class FaceBar(QWidget):
    """The row that opens on `opener`, and while labels are off any face.

    Args:
        tell: Has the application do something, with a value.
        mark: Called with where the chosen face is, as shares of the picture; None for nowhere.

    Attributes:
        opener: The button that opens and closes it.
    """

    def __init__(self, tell: Callable[..., None], mark: Callable[[QRectF | None], object]) -> None:
        super().__init__()
        self._tell, self._mark = tell, mark
        self._open = self._compact = self._any_hidden = False
        self._faces: list[dict[str, Any]] = []
        self.opener = make_button(_("Faces (F)"), self.toggle)
        self.opener.setCheckable(True)
        self._list = make_choice(_("Face"), lambda _place: self._update(), width=220)
        self._toggle = make_button("", self._toggle_face)
        self._all = make_button(_("Show all labels"), lambda: tell("show-faces"))
        self._line = make_label(
            _(
                "While a face whose label you removed is out of view, new faces get no "
                "label either."
            ),
            name="muted",
            wraps=True,
        )
        make_column(make_row(self._list, self._toggle, self._all, SPACE), self._line, parent=self)
        self._update()

    def toggle(self) -> None:
        """Open or close the row."""
        self._open = not self._open
        self._update()
        if self._open:
            self._list.setFocus()

    def set_compact(self, compact: bool) -> None:
        """Take no room."""
        self._compact = compact
        self._update()

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show which faces are in view; the list stays as it is while it is open."""
        self._any_hidden = answer["faces"]["hidden"]
        if not self._list.view().isVisible():
            self._faces = answer["faces"]["in_view"]
            faces = enumerate(self._faces, 1)
            offer(self._list, [(face["number"], _name(place, face)) for place, face in faces])
        self._update()

    def _update(self) -> None:
        shown = (self._open or self._any_hidden) and not self._compact
        face = self._chosen()
        self.opener.setChecked(self._open)
        self.setVisible(shown)
        self._list.setEnabled(face is not None)
        self._toggle.setEnabled(face is not None)
        self._toggle.setText(
            _("Bring its label back")
            if face is not None and face["hidden"]
            else _("Remove its label")
        )
        self._all.setVisible(self._any_hidden)
        self._line.setVisible(self._any_hidden)
        place = None
        if shown and face is not None:
            place = QRectF(face["x"], face["y"], face["width"], face["height"])
        self._mark(place)

    def _chosen(self) -> dict[str, Any] | None:
        place = self._list.currentIndex()
        return self._faces[place] if 0 <= place < len(self._faces) else None

    def _toggle_face(self) -> None:
        if (face := self._chosen()) is not None:
            self._tell("toggle-face", face["number"])


def _name(place: int, face: dict[str, Any]) -> str:
    name = _("Face {number} from the left").format(number=place)
    return _("{face}, without a label").format(face=name) if face["hidden"] else name
