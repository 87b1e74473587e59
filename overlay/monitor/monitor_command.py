"""What `monitor` does: run the application in `only-me` and record a session."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from overlay import run_command
from overlay.app import App
from overlay.control import AlreadyRunningError, ControlServer, activate
from overlay.engine import Status
from overlay.errors import StoreError
from overlay.logs import keep_out
from overlay.monitor.recorder import Recorder
from overlay.monitor.records import EndedHow
from overlay.monitor.session import Sessions
from overlay.monitor.students import Student
from overlay.settings import Settings


def record(
    student: Student,
    settings: Settings,
    *,
    title: str = "",
    seconds: float | None = None,
    loop: bool = False,
    force: bool = False,
    say: Callable[[str], None],
) -> None:
    """Record a session until the time is up, the student is away, the source ends, or a signal.

    Args:
        student: Who has agreed to it.
        settings: What to run.
        title: What the student calls the session.
        seconds: How long to record; None until stopped.
        loop: Whether a file starts again at its end.
        force: Whether a video file that is there already may be replaced, without asking.
        say: Is given lines for the student.

    Raises:
        AlreadyRunningError: The application is already running.
        SourceError: The source cannot be opened.
        ConsentError: It is a webcam, and the user has not agreed to its being read.
        TargetError: The video file would overwrite the source, or another file unasked.
        OutputError: The output cannot be opened, or failed and never came back.
        StudentError: The student has not agreed.
        StoreError: The session, or the end of it, cannot be written.
    """
    keep_out(title)
    plan = _plan(settings, seconds, force)
    if plan.notice:
        say(plan.notice)
    try:
        with ControlServer() as server:
            recorder = _run(plan, server, student, title, loop, say)
    except AlreadyRunningError:
        activate()
        raise
    if recorder is None:
        return
    if recorder.problem:
        raise StoreError(f"session {recorder.session_id} ended, but {recorder.problem}")
    say(_summary(recorder))


def _run(
    plan: run_command.Plan,
    server: ControlServer,
    student: Student,
    title: str,
    loop: bool,
    say: Callable[[str], None],
) -> Recorder | None:
    """Run the application with a session; the recorder, or None if it did not get that far."""
    sessions: Sessions | None = None

    def serve(app: App) -> None:
        nonlocal sessions
        sessions = Sessions(app, on_end=lambda _: app.stop())
        server.serve(app)

    def begin(status: Status) -> None:
        assert sessions is not None
        for notice in sessions.begin(student.name, title=title):
            say(notice)
        say(f"● recording {student.name}: {status.source} -> {status.output}; Ctrl-C ends it")

    how: EndedHow = "app-ended"
    try:
        run_command.run(plan, loop=loop, serve=serve, on_start=begin, say=say)
        how = "stopped"
    finally:
        if sessions is not None:
            sessions.end(how)
    return sessions.recorder if sessions is not None else None


def _plan(settings: Settings, seconds: float | None, force: bool) -> run_command.Plan:
    """As for `run`, but without a camera and a display, no picture is kept."""
    plan = run_command.plan(settings, seconds, force=force)
    if not plan.files:
        return plan
    nowhere = settings.model_copy(update={"output": "none"})
    return run_command.Plan(nowhere, seconds=seconds, notice=plan.notice)


def _summary(recorder: Recorder) -> str:
    panel = recorder.panel()
    seen, observed = (f"{s // 60:.0f} min {s % 60:.0f} s" for s in (panel.seen_s, panel.observed_s))
    how = "you were away" if recorder.ended_how == "idle" else recorder.ended_how
    return (
        f"session {recorder.session_id} ended ({how}): {observed} recorded, you were seen {seen}; "
        f"`emotion-overlay report --student {shlex.quote(recorder.name)}` shows it"
    )
