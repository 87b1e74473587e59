"""Teaching the application one's own face: pictures with a countdown, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QProgressBar, QWidget

from overlay.gui.parts import make_button, make_column, make_label, make_row
from overlay.language import N_, _

_INTRO = N_(
    "It takes {count} pictures of your face and keeps only numbers of them, in {student}'s folder. "
    "Begin with neutral, then happy. It counts from the next recording on."
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
        self._labels = QComboBox()
        self._labels.setAccessibleName(_("What your face shows"))
        self._labels.setAccessibleDescription(_("What your face shows"))  # as in the record bar
        self._labels.activated.connect(lambda _index: self._update())
        self._own = QLineEdit()
        self._own.setPlaceholderText(_("For example confused"))
        self._own.setAccessibleName(_("Your own label"))
        self._own.setMaxLength(_LONGEST_LABEL)
        self._own.returnPressed.connect(self._start)
        self._line = make_label(name="section", wraps=True)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(_("Pictures taken"))
        self._bar.setFormat("%v / %m")
        self._start_button = make_button(_("Take pictures"), self._start, "primary")
        self._cancel = make_button(_("Cancel"), lambda: tell("end-calibration", False))
        self._keep = make_button(_("Keep it anyway"), lambda: tell("end-calibration", True))
        self._again = make_button(_("Try again"), self._start, "primary")
        self._drop = make_button(_("Do not keep it"), lambda: tell("end-calibration", False))
        self._close = make_button(_("Close"), self._leave)
        self._lay_out()
        self._update()

    def begin(self, student: str) -> None:
        """Begin with a student."""
        self._student = student
        self._tell("end-calibration", False)
        self._labels.setFocus()

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show how far it is."""
        known = answer.get("calibration") or {}
        labels = known.get("labels", [])
        if labels != [self._labels.itemData(i) for i in range(self._labels.count() - 1)]:
            self._labels.clear()
            for label in labels:
                self._labels.addItem(_(label).capitalize(), label)
            self._labels.addItem(_(_OWN))
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
        is_own = self._labels.currentData() is None
        for widget, shown in (
            (self._intro, not (running or asking)),
            (self._labels, not (running or asking)),
            (self._own, is_own and not (running or asking)),
            (self._start_button, not (running or asking)),
            (self._line, bool(self._line.text())),
            (self._bar, running),
            (self._cancel, running),
            (self._keep, asking),
            (self._again, asking),
            (self._drop, asking),
            (self._close, not (running or asking)),
        ):
            widget.setVisible(shown)

    def _start(self) -> None:
        label = self._labels.currentData() or self._own.text().strip()
        if label:
            self._tell("calibrate", {"student": self._student, "label": label})
        else:
            self._own.setFocus()

    def _leave(self) -> None:
        self._tell("end-calibration", False)
        self._done()

    def _lay_out(self) -> None:
        choice, answers = QWidget(), QWidget()
        row = make_row(choice)
        row.addWidget(self._labels)
        row.addWidget(self._own, 1)
        row.addWidget(self._start_button)
        row.addStretch()
        row = make_row(answers)
        for button in (self._again, self._keep, self._drop, self._cancel):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._close)
        column = make_column(self, spacing=10)
        column.addWidget(make_label(_("Teach it your face"), "heading"))
        for widget in (self._intro, choice, self._line, self._bar, answers):
            column.addWidget(widget)
