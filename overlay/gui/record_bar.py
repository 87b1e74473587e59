"""Recording oneself: who, under which title, and the end of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from overlay.gui.parts import make_button, make_label, make_row

_ADD = "Add a student..."


class RecordBar(QWidget):
    """The row that opens on `opener`, and while somebody is recorded.

    Args:
        tell: Has the application do something, with a value.

    Attributes:
        opener: The button that opens and closes it.
    """

    def __init__(self, tell: Callable[..., None]) -> None:
        super().__init__()
        self._tell = tell
        self._open = self._compact = False
        self._recording: dict[str, Any] = {}
        self.opener = make_button("Record (R)", self.toggle)
        self.opener.setCheckable(True)
        self._students = QComboBox()
        self._students.setAccessibleName("Student")
        self._students.setMinimumWidth(150)
        self._students.activated.connect(self._choose_student)
        self._title = QLineEdit()
        self._title.setPlaceholderText("Title, for example Physics, lesson 4")
        self._title.setAccessibleName("Title of the recording")
        self._title.setMaxLength(120)
        self._title.returnPressed.connect(self._start)
        self._start_button = make_button("Start recording", self._start, "primary")
        self._line = make_label()
        self._mark = make_button("Mark this moment (M)", self.mark_moment)
        self._pause = make_button("Pause recording", self._toggle_pause)
        self._stop = make_button("Stop and save", lambda: self._tell("stop-recording"))
        row = make_row(self)
        for widget in (self._students, self._title, self._start_button):
            row.addWidget(widget)
        row.addWidget(self._line, 1)
        row.addWidget(self._mark)
        row.addWidget(self._pause)
        row.addWidget(self._stop)
        self._update()

    def toggle(self) -> None:
        """Open or close the row, where recording is offered."""
        if self.opener.isEnabled():
            self._open = not self._open
            self._update()
            if self._open:
                self._title.setFocus()

    def mark_moment(self) -> None:
        """Mark this moment, if anything is recorded."""
        if self._recording.get("session") == "running":
            self._tell("mark")

    def set_compact(self, compact: bool) -> None:
        """Take no room."""
        self._compact = compact
        self._update()

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show who is recorded, or could be."""
        self.opener.setVisible("record" in answer.get("offers", ()))
        self._recording = answer.get("recording") or {}
        names = [*self._recording.get("students", ()), _ADD]
        if names != [self._students.itemText(i) for i in range(self._students.count())]:
            self._students.clear()
            self._students.addItems(names)
        if not self._students.view().isVisible():
            self._students.setCurrentText(self._recording.get("student") or names[0])
        self._update()

    def _update(self) -> None:
        session = self._recording.get("session", "none")
        if session != "none":
            self._open = False
        self.setVisible((self._open or session != "none") and not self._compact)
        before: tuple[QWidget, ...] = (self._students, self._title, self._start_button)
        during: tuple[QWidget, ...] = (self._line, self._mark, self._pause, self._stop)
        for widget in (*before, *during):
            widget.setVisible((widget in before) == (session == "none"))
        self.opener.setChecked(self._open)
        self.opener.setEnabled(session == "none")
        self._pause.setText("Resume recording" if session == "paused" else "Pause recording")
        self._line.setText(self._describe(session))

    def _describe(self, session: str) -> str:
        if session == "none":
            return ""
        seconds = max(0, int(time.time() - self._recording.get("since", time.time())))
        paused = ", paused" if session == "paused" else ""
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        title = f", {self._recording['title']}" if self._recording.get("title") else ""
        return f"●  Recording {self._recording.get('student')}{title}: {clock}{paused}"

    def _choose_student(self) -> None:
        if self._students.currentText() == _ADD:
            self._tell("add-student")

    def _start(self) -> None:
        student = self._students.currentText()
        name = "" if student == _ADD else student
        self._tell("record", {"student": name, "title": self._title.text().strip()})

    def _toggle_pause(self) -> None:
        paused = self._recording.get("session") == "paused"
        self._tell("resume-recording" if paused else "pause-recording")
