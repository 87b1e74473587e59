"""Recording oneself: who, under which title, and the end of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

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

_ADD = N_("Add a student...")

#: How long a title and a note may be, in characters.
_LONGEST_TITLE, _LONGEST_NOTE = 120, 200


class RecordBar(QWidget):
    """The row that opens on `opener`, and while somebody is recorded.

    Args:
        tell: Has the application do something, with a value.
        calibrate: Called with the name of the student whose face is to be learnt.

    Attributes:
        opener: The button that opens and closes it.
    """

    def __init__(self, tell: Callable[..., None], calibrate: Callable[[str], None]) -> None:
        super().__init__()
        self._tell, self._calibrate = tell, calibrate
        self._open = self._compact = False
        self._noting_since: float | None = None
        self._recording: dict[str, Any] = {}
        self.opener = make_button(_("Record (R)"), self.toggle)
        self.opener.setCheckable(True)
        self._students = make_choice(_("Student"), self._choose_student, width=150)
        self._title = make_line(
            _("Title of the recording"),
            self._start,
            hint=_("Title, for example Physics, lesson 4"),
            longest=_LONGEST_TITLE,
        )
        self._start_button = make_button(_("Start recording"), self._start, "primary")
        self._teach = make_button(
            _("Teach it your face"), lambda: self._calibrate(self._students.currentData())
        )
        self._line = make_label()
        self._note = make_line(
            _("Note for a mark"),
            self.mark_moment,
            hint=_("Note for a mark (optional)"),
            longest=_LONGEST_NOTE,
        )
        self._note.textEdited.connect(self._begin_note)
        self._mark = make_button(_("Mark this moment (M)"), self.mark_moment)
        self._pause = make_button(_("Pause recording"), self._toggle_pause)
        self._stop = make_button(_("Stop and save"), lambda: self._tell("stop-recording"))
        self._before = make_row(self._students, self._title, self._start_button, self._teach)
        self._during = make_column(
            make_row(self._line, SPACE, self._pause, self._stop), make_row(self._note, self._mark)
        )
        make_column(self._before, self._during, parent=self)
        self._update()

    def toggle(self) -> None:
        """Open or close the row, where recording is offered."""
        if self.opener.isEnabled():
            self._open = not self._open
            self._update()
            if self._open:
                self._title.setFocus()

    def mark_moment(self) -> None:
        """Mark the moment, with the note; one with a note was when that was begun."""
        if self._recording.get("session") != "running":
            return
        since, self._noting_since = self._noting_since, None
        ago_s = 0.0 if since is None else time.monotonic() - since
        self._tell("mark", {"note": self._note.text().strip(), "ago_s": ago_s})
        self._note.clear()

    def set_compact(self, compact: bool) -> None:
        """Take no room."""
        self._compact = compact
        self._update()

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show who is recorded, or could be."""
        self.opener.setVisible("record" in answer.get("offers", ()))
        self._teach.setVisible("calibrate" in answer.get("offers", ()))
        self._recording = answer.get("recording") or {}
        names = [*self._recording.get("students", ()), ""]
        offer(self._students, [(name, name or _(_ADD)) for name in names])
        if not self._students.view().isVisible():
            chosen = self._recording.get("student") or names[0]
            self._students.setCurrentIndex(self._students.findData(chosen))
        self._update()

    def _update(self) -> None:
        session = self._recording.get("session", "none")
        if session != "none":
            self._open = False
        self.setVisible((self._open or session != "none") and not self._compact)
        self._before.setVisible(session == "none")
        self._during.setVisible(session != "none")
        self._mark.setEnabled(session == "running")
        self._note.setEnabled(session == "running")
        self.opener.setChecked(self._open)
        self.opener.setEnabled(session == "none")
        self._pause.setText(_("Resume recording") if session == "paused" else _("Pause recording"))
        self._line.setText(self._describe(session))

    def _describe(self, session: str) -> str:
        if session == "none":
            return ""
        seconds = max(0, int(time.time() - self._recording.get("since", time.time())))
        clock = timedelta(seconds=seconds)
        title = self._recording.get("title")
        who = f"{self._recording.get('student')}, {title}" if title else self._recording["student"]
        if session == "paused":
            return _("●  Recording {who}: {clock}, paused").format(who=who, clock=clock)
        return _("●  Recording {who}: {clock}").format(who=who, clock=clock)

    def _begin_note(self, text: str) -> None:
        """Remember when a note was begun; the moment is then, not when it is finished."""
        if not text:
            self._noting_since = None
        elif self._noting_since is None:
            self._noting_since = time.monotonic()

    def _choose_student(self, _place: int) -> None:
        if not self._students.currentData():
            self._tell("add-student")

    def _start(self) -> None:
        title = self._title.text().strip()
        self._tell("record", {"student": self._students.currentData(), "title": title})

    def _toggle_pause(self) -> None:
        paused = self._recording.get("session") == "paused"
        self._tell("resume-recording" if paused else "pause-recording")
