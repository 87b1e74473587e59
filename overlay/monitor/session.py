"""Sessions in the running application: consent, retention, store, recorder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overlay.errors import StoreError
from overlay.host import resources
from overlay.language import LazyText, ngettext
from overlay.models_store import read_json
from overlay.monitor.calibration import load_personal
from overlay.monitor.consent import check_consent
from overlay.monitor.erasing import expire_sessions
from overlay.monitor.goals import goal_of
from overlay.monitor.recorder import Recorder
from overlay.monitor.records import EndedHow
from overlay.monitor.store import Store
from overlay.monitor.students import Student, find_student

if TYPE_CHECKING:
    from overlay.app import App

_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has started.

    Attributes:
        recorder: Records it; give it to `App.observe`, and stop it in the end.
        notices: Lines for the student, for example that old sessions were deleted.
    """

    recorder: Recorder
    notices: tuple[str, ...]


class Sessions:
    """Records sessions in a running application, one at a time, for tray and command line.

    Example:
        >>> with App(settings) as app:  # doctest: +SKIP
        ...     sessions = Sessions(app)
        ...     sessions.begin("Ana", title="Physics, lesson 4")
        ...     app.wait()
        ...     sessions.end()
    """

    def __init__(self, app: App, on_end: Callable[[Recorder], None] = lambda _: None) -> None:
        """Prepare.

        Args:
            app: The application that reads faces.
            on_end: Called from any thread with the recorder of each session that has ended. The
                next session may have started by then.
        """
        self._app = app
        self._on_end = on_end
        self._lock = threading.Lock()
        self._recorder: Recorder | None = None

    @property
    def recorder(self) -> Recorder | None:
        """The recorder of this session or, after its end, of the last one."""
        return self._recorder

    def begin(self, name: str, *, title: str = "") -> tuple[str, ...]:
        """Start to record a student who has agreed to it.

        Returns:
            Lines for the student, for example that old sessions were deleted.

        Raises:
            StudentError: There is no such student, or they have not agreed.
            StoreError: A session is already being recorded, or it cannot be written.
        """
        with self._lock:
            if self._recorder is not None and self._recorder.ended_how == "running":
                raise StoreError(
                    LazyText(
                        "{name} is already being recorded: stop that recording first",
                        name=self._recorder.name,
                    )
                )
            settings = self._app.settings
            begun = begin_session(
                find_student(name),
                title=title,
                idle_minutes=settings.idle_minutes,
                retention_days=settings.retention_days,
                on_end=self._ended,
            )
            self._recorder = begun.recorder
            self._app.observe(begun.recorder)
        return begun.notices

    def end(self, how: EndedHow = "stopped") -> None:
        """End the session, if there is one, and wait until it is saved."""
        recorder = self._recorder
        if recorder is not None:
            recorder.stop(how)

    def _ended(self, recorder: Recorder) -> None:
        with self._lock:  # else a session that ends while it begins would be attached afterwards
            self._app.detach(recorder)
        self._on_end(recorder)


def begin_session(
    student: Student,
    *,
    title: str = "",
    idle_minutes: float = 0,
    retention_days: int,
    on_end: Callable[[Recorder], None] = lambda _: None,
) -> Begun:
    """Start to record a student.

    Args:
        student: Who has agreed to it.
        title: The student's title for the session.
        idle_minutes: End it if the student was not seen for this long; 0 for never.
        retention_days: Sessions older than this are deleted first.
        on_end: Called once with the recorder, from its thread, when the session has ended.

    Raises:
        StudentError: The student has not agreed.
        StoreError: The store cannot be opened or written, or is being recorded into.
    """
    check_consent(student)
    store = Store.open(student.store_path, recording=True)
    try:
        notices = [store.notice] if store.notice else []
        too_old = time.time() - retention_days * _DAY_S
        if erased := expire_sessions(student, store, too_old).sessions:
            notices.append(
                ngettext(
                    "{n} session older than {days} days was deleted, and all reports with it",
                    "{n} sessions older than {days} days were deleted, and all reports with them",
                    erased,
                ).format(n=erased, days=retention_days)
            )
        personal, notice = load_personal(student)
        if notice:
            notices.append(notice)
        recorder = Recorder(
            store,
            name=student.name,
            title=title,
            model_version=_model_version(),
            goal=str(goal_of(student) or ""),
            personal=personal,
            idle_s=idle_minutes * 60 or None,
            on_end=on_end,
        )
    except BaseException:
        store.close()
        raise
    return Begun(recorder, tuple(notices))


def _model_version() -> str:
    return str(read_json(resources.models_dir() / "emotion.json").get("version", ""))
