"""Recording from the tray: the students, the session, and the report."""

from __future__ import annotations

import re
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from overlay.app import App
from overlay.errors import ReportError, StudentError
from overlay.language import LazyText, _
from overlay.logs import native_output_on_terminal
from overlay.tray import wording
from overlay.tray.dialogs import Dialog, Dialogs
from overlay.tray.notices import Notice, recording_ended

if TYPE_CHECKING:
    from overlay.monitor.recorder import Recorder
    from overlay.monitor.session import Sessions
    from overlay.monitor.students import Student


@dataclass(frozen=True, slots=True)
class RecordingState:
    """What the menu needs to know.

    Attributes:
        students: The names of all students.
        student: Who is being recorded, or would be; None if that is not clear.
        session: Whether there is a session, and whether the student has paused it.
        marks: How many moments of it were marked.
        title: What the student calls it.
        since: When it began, in seconds since 1970.
    """

    students: tuple[str, ...] = ()
    student: str | None = None
    session: Literal["none", "running", "paused"] = "none"
    marks: int = 0
    title: str = ""
    since: float = 0.0


class Recording:
    """The sessions of one application, and its students.

    All methods except `state` may wait for the disk or for the user, so call them in a thread of
    their own.

    Args:
        app: Where faces are read.
        dialogs: Where questions and notices are shown.
        changed: Called from any thread when `state` may have changed.
        notify: Shows a notice, or returns False.
    """

    def __init__(
        self,
        app: App,
        dialogs: Dialogs,
        changed: Callable[[], None] = lambda: None,
        notify: Callable[[Notice], bool] = lambda _: False,
    ) -> None:
        self._app = app
        self._dialogs = dialogs
        self._changed = changed
        self._notify = notify
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._sessions: Sessions | None = None
        self._ended: Recorder | None = None
        self._closed = False
        self._title, self._since = "", 0.0

    @property
    def is_running(self) -> bool:
        """Whether there is a session, paused or not."""
        return self._running() is not None

    def state(self) -> RecordingState:
        """The current state."""
        from overlay.monitor.students import list_students

        names = tuple(student.name for student in list_students())
        recorder = self._running()
        if recorder is not None:
            session: Literal["running", "paused"] = "paused" if recorder.paused else "running"
            return RecordingState(
                names, recorder.name, session, recorder.marks, self._title, self._since
            )
        chosen = self._app.settings.student
        if chosen not in names:
            chosen = names[0] if len(names) == 1 else ""
        return RecordingState(names, chosen or None)

    def student(self) -> Student | None:
        """Who is chosen; if there is nobody yet, the user is asked for a name.

        Returns:
            None if the user gave no name.

        Raises:
            StudentError: It is not clear who.
            CannotAskError: The user has to be asked, and no dialog can be shown.
        """
        return self._chosen() if self.state().students else self.add_student()

    def add_student(self) -> Student | None:
        """Ask for a name, create a profile and choose it.

        Returns:
            Who was added; None if the user gave no name.

        Raises:
            StudentError: The name cannot be used, or the profile not be written.
            CannotAskError: No dialog can be shown.
        """
        from overlay.monitor.students import add_student

        question = Dialog(_(wording.ADD_STUDENT), yes=_("Add"), no=_("Cancel"))
        name = self._dialogs.ask_text(question)
        if not name:
            return None
        student = add_student(name)
        self._app.change(student=student.name)
        return student

    def describe(self) -> dict[str, Any]:
        """The current state for a window, in types that JSON knows."""
        return {"recording": asdict(self.state())}

    def start(self, title: str = "") -> None:
        """Start a session of the chosen student in `only-me`; if there is none, add one first.

        Does nothing while another call starts a session or asks the student.

        Args:
            title: The student's title for it.

        Raises:
            StudentError: It is not clear who, or the profile cannot be read or written.
            StoreError: A session is already being recorded, or it cannot be written.
            CannotAskError: The student has to be asked, and no dialog can be shown.
        """
        if not self._starting.acquire(blocking=False):
            return
        try:
            if self._running() is None:
                self._start(title)
        finally:
            self._starting.release()

    def stop(self) -> None:
        """End the session, if there is one, and wait until it is saved."""
        if self._sessions is not None:
            self._sessions.end()

    def pause(self) -> None:
        """Pause the recording; the video goes on."""
        self._with_recorder(lambda recorder: recorder.pause())

    def resume(self) -> None:
        """Resume the recording."""
        self._with_recorder(lambda recorder: recorder.resume())

    def mark(self, note: str = "") -> None:
        """Mark this moment.

        Raises:
            StoreError: The recording is paused, or the note is too long.
        """
        self._with_recorder(lambda recorder: recorder.mark(note))

    def open_report(self) -> None:
        """Write the report on the latest session of the chosen student, and open it.

        Raises:
            StudentError: No student is chosen.
            ReportError: There is no session yet, or the report cannot be written or opened.
            StoreError: The sessions cannot be read.
        """
        from overlay.monitor.report import make_report, save_report

        student = self._chosen()
        report = make_report(student, ["html"])
        (path,) = save_report(student, report)
        if report.notice:
            self._dialogs.tell(report.notice)
        with native_output_on_terminal():
            opened = webbrowser.open(path.resolve().as_uri())
        if not opened:
            raise ReportError(LazyText("no browser found: open {path} yourself", path=path))

    def close(self) -> None:
        """End the session, if there is one, because the application is ending."""
        with self._lock:
            self._closed = True
            sessions = self._sessions
        if sessions is not None:
            sessions.end("app-ended")

    def _start(self, title: str) -> None:
        from overlay.monitor.session import Sessions

        student = self.student()
        if student is None or not self._may_record(student):
            return
        with self._lock:
            if self._closed:
                return
            if self._sessions is None:
                self._sessions = Sessions(self._app, on_end=self._note_end)
            notices = self._sessions.begin(student.name, title=title)
            self._title, self._since = title, time.time()
        self._app.set_mode("only-me")
        if notices:
            self._dialogs.tell("\n".join(notices))

    def _running(self) -> Recorder | None:
        """The recorder of the session that is running, paused, or being saved."""
        recorder = self._sessions.recorder if self._sessions is not None else None
        return recorder if recorder is not self._ended else None

    def _with_recorder(self, action: Callable[[Recorder], None]) -> None:
        recorder = self._running()
        if recorder is not None:
            action(recorder)
            self._changed()

    def _chosen(self) -> Student:
        from overlay.monitor.students import find_student

        state = self.state()
        if state.student is None:
            if state.students:
                raise StudentError(
                    LazyText("no student is chosen: first choose yourself in the menu Student")
                )
            raise StudentError(LazyText("no student is chosen: first add one"))
        return find_student(state.student)

    def _may_record(self, student: Student) -> bool:
        """Whether the student agrees, or has agreed before."""
        from overlay.monitor.consent import CONSENT_TEXT, give_consent, has_consented

        if has_consented(student):
            return True
        text = _(CONSENT_TEXT).format(days=self._app.settings.retention_days)
        heading = _("{name}, before you are recorded").format(name=student.name)
        question = Dialog(
            f"{heading}\n\n{_unwrapped(text)}",
            yes=_("Agree and record"),
            no=_("Cancel"),
            yes_is_default=False,
        )
        if not self._dialogs.ask(question):
            return False
        give_consent(student)
        return True

    def _note_end(self, recorder: Recorder) -> None:
        if recorder is self._running():  # else the next session has begun
            self._ended = recorder
        if recorder.problem:
            notice = wording.unsaved_notice(recorder.name, recorder.problem)
            self._dialogs.tell(notice)
        elif recorder.ended_how != "app-ended":
            idle = recorder.ended_how == "idle"
            shown = self._notify(recording_ended(idle=idle, open_report=self.open_report))
            if idle and not shown:
                self._dialogs.tell(wording.idle_notice(recorder.name))
        self._changed()


def _unwrapped(text: str) -> str:
    """The text with one line a paragraph, for a dialog that wraps it itself."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)
