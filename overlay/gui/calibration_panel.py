"""Teaching the application one's own face: pictures with a countdown, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from overlay.gui.parts import (
    SPACE,
    make_button,
    make_choice,
    make_column,
    make_label,
    make_line,
    make_row,
    offer,
)
from overlay.language import N_, _

_INTRO = N_(
    "It takes {count} pictures of your face and keeps only numbers from "
    "them, in {student}'s folder. Begin with neutral, then happy. It takes "
    "effect with the next recording."
)
_OWN = N_("A label of my own...")
_LONGEST_LABEL = 30


class CalibrationPanel(QFrame):
    """Below the live picture, in place of all other controls.

    Args:
        tell: Has the application do something, with a value.
        done: Called when the user leaves.
    """

    def __init__(self, tell: Callable[..., None], done: Callable[[], None]) -> None:
        super().__init__()
        self._tell, self._done = tell, done
        self._student, self._step = "", "none"
        self._intro = make_label(wraps=True)
        self._labels = make_choice(_("What your face shows"), lambda _place: self._update())
        self._own = make_line(
            _("Your own label"),
            self._start,
            hint=_("For example confused"),
            longest=_LONGEST_LABEL,
        )
        self._line = make_label(name="section", wraps=True)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(_("Pictures taken"))
        self._bar.setFormat("%v / %m")
        self._cancel = make_button(_("Cancel"), lambda: tell("end-calibration", False))
        self._keep = make_button(_("Keep it anyway"), lambda: tell("end-calibration", True))
        self._again = make_button(_("Try again"), self._start, "primary")
        self._drop = make_button(_("Do not keep it"), lambda: tell("end-calibration", False))
        self._close = make_button(_("Close"), self._leave)
        start = make_button(_("Take pictures"), self._start, "primary")
        self._choice = make_row(self._labels, self._own, start, SPACE, grows=[self._own])
        make_column(
            make_label(_("Teach it your face"), "heading"),
            self._intro,
            self._choice,
            self._line,
            self._bar,
            make_row(self._again, self._keep, self._drop, self._cancel, SPACE, self._close),
            parent=self,
            spacing=10,
        )
        self._update()

    def begin(self, student: str) -> None:
        """Begin with a student."""
        self._student = student
        self._tell("end-calibration", False)
        self._labels.setFocus()

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show how far it is."""
        known = answer.get("calibration") or {}
        if labels := [(label, _(label).capitalize()) for label in known.get("labels", ())]:
            offer(self._labels, [*labels, ("", _(_OWN))])
        before, self._step = self._step, known.get("step", "none")
        count = known.get("count", 0)
        self._intro.setText(_(_INTRO).format(count=count, student=self._student))
        line = known.get("line", "")
        self._line.setText(line[:1].upper() + line[1:])
        self._bar.setRange(0, count)
        self._bar.setValue(known.get("taken", 0))
        self._update()
        if self._step != before:  # else the keyboard would go to a button that is not hidden
            {"running": self._cancel, "asking": self._again}.get(
                self._step, self._labels
            ).setFocus()

    def _update(self) -> None:
        running, asking = self._step == "running", self._step == "asking"
        steps: tuple[tuple[bool, tuple[QWidget, ...]], ...] = (
            (running, (self._bar, self._cancel)),
            (asking, (self._keep, self._again, self._drop)),
            (not (running or asking), (self._intro, self._choice, self._close)),
        )
        for shown, widgets in steps:
            for widget in widgets:
                widget.setVisible(shown)
        self._own.setVisible(not self._labels.currentData())
        self._line.setVisible(bool(self._line.text()))

    def _start(self) -> None:
        label = self._labels.currentData() or self._own.text().strip()
        if label:
            self._tell("calibrate", {"student": self._student, "label": label})
        else:
            self._own.setFocus()

    def _leave(self) -> None:
        self._tell("end-calibration", False)
        self._done()
