"""Commands for yourself: students, recorded sessions, reports, erasing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overlay.cli import options
from overlay.cli.help import YOURSELF, PanelCommand, PanelGroup
from overlay.cli.log_run import log_run
from overlay.errors import ReportError, StudentError
from overlay.logs import native_output_on_terminal

if TYPE_CHECKING:
    from overlay.monitor.period import PeriodKind
    from overlay.monitor.report import Format
    from overlay.monitor.students import Student
    from overlay.settings import Settings

Name = Annotated[str, typer.Argument(metavar="NAME", help="The student's name.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

app = typer.Typer()
student_app = typer.Typer(
    cls=PanelGroup,
    help="Add, list and remove students: people who record themselves.",
    no_args_is_help=True,
)
app.add_typer(student_app, name="student", rich_help_panel=YOURSELF)


@student_app.command("add", cls=PanelCommand)
def student_add(name: Name) -> None:
    """Add a student: a profile in a folder that only you can read."""
    from overlay.monitor.students import add_student

    student = add_student(name)
    print(f"{student.name}: profile created in {student.folder}")


@student_app.command("list", cls=PanelCommand)
def student_list() -> None:
    """List the students on your account."""
    from overlay.monitor.students import list_students

    students = list_students()
    for student in students:
        print(f"{student.name}  {student.folder}")
    if not students:
        print("no students yet: `emotion-overlay student add NAME` adds one")


@student_app.command("remove", cls=PanelCommand)
def student_remove(name: Name, yes: Yes = False) -> None:
    """Delete a student and everything recorded about them."""
    from overlay.monitor.students import find_student, remove_student

    student = find_student(name)
    _confirm(f"Delete {student.name} and everything recorded about them?", yes)
    removed = remove_student(name)
    for path in removed:
        print(f"removed {path}")


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
@log_run("monitor")
def monitor(
    student: options.StudentName,
    title: Annotated[
        str, typer.Option(metavar="TITLE", help="A name for the session.", show_default=False)
    ] = "",
    seconds: options.Seconds = None,
    idle_minutes: options.IdleMinutes = None,
    source: options.Source = None,
    output: options.Output = None,
    fit: options.Fit = None,
    rotate: options.Rotate = None,
    flip: options.Flip = None,
    window: options.Window = None,
    loop: options.Loop = False,
    force: options.Force = False,
    agree: Annotated[
        bool,
        typer.Option("--agree", help="Agree to what is read and recorded, without being asked."),
    ] = False,
) -> None:
    """Record your own expressions, for yourself only; the call gets clean video."""
    from overlay.consent import ensure_consent
    from overlay.host.libraries import system_libraries
    from overlay.monitor.students import find_student

    with system_libraries():
        from overlay.monitor.monitor_command import record
    profile = find_student(student)
    settings = options.settings_in_effect(
        mode="only-me", source=source, output=output, fit=fit, rotate=rotate, flip=flip,
        idle_minutes=idle_minutes, window=window,
    )  # fmt: skip
    _refuse_demo(settings)
    settings = ensure_consent(settings, agreed=agree)
    _ask_for_consent(profile, settings.retention_days, agree)
    record(profile, settings, title=title, seconds=seconds, loop=loop, force=force, say=_say)


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
@log_run("calibrate")
def calibrate(
    student: options.StudentName,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PICTURE", help="Pictures of you; if none are given, the webcam takes them."
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="A folder with pictures in subfolders: neutral, happy, ...",
        ),
    ] = None,
    emotion: Annotated[
        str | None, typer.Option(metavar="EMOTION", help="What the pictures show.")
    ] = None,
    own_label: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL",
            help="What they show, as a label of your own; needs at least five pictures.",
        ),
    ] = None,
    shots: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            parser=options.number(int, 1, 20),
            help="How many pictures the webcam takes.",
        ),
    ] = 3,
    source: options.Source = None,
    window: options.Window = None,
    show: Annotated[bool, typer.Option("--show", help="Only show what is stored.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Delete what is stored.")] = False,
    agree: options.Agree = False,
) -> None:
    """Teach it your own expressions from a few pictures."""
    from overlay.consent import ensure_consent
    from overlay.host.libraries import system_libraries
    from overlay.monitor.students import find_student

    with system_libraries():
        from overlay.monitor import calibrate_command as job
    profile = find_student(student)
    if reset:
        print(job.reset(profile))
        return
    made = None
    if not show:
        wanted = job.what(files or [], folder=folder, emotion=emotion, own_label=own_label)
        if isinstance(wanted, list):
            made = job.calibrate_from_files(profile, wanted)
        else:
            settings = options.settings_in_effect(source=source, window=window)
            _refuse_demo(settings)
            settings = ensure_consent(settings, agreed=agree)
            labels = iter([wanted]) if wanted else _ask_for_labels()
            made = job.calibrate_guided(profile, labels, shots=shots, settings=settings, say=_say)
    for line in job.describe(profile, made):
        print(line)


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def report(
    student: options.StudentName,
    session: options.SessionNumber = None,
    first: Annotated[
        date | None,
        typer.Option(
            "--from", metavar="DATE", parser=options.day, help="Sessions from this day on."
        ),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", metavar="DATE", parser=options.day, help="Sessions up to this day."),
    ] = None,
    week: Annotated[
        bool, typer.Option("--week", help="The week of --from, or of the latest session.")
    ] = False,
    month: Annotated[
        bool, typer.Option("--month", help="The month of --from, or of the latest session.")
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Every second as CSV instead of the page.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The statistics as JSON instead of the page.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write to this file, or - for stdout; by default, into the student's folder.",
        ),
    ] = None,
    force: options.Force = False,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Write a page about your sessions; exit code 1 if recordings were damaged."""
    from overlay.host.libraries import system_libraries
    from overlay.language import use_language
    from overlay.monitor.students import find_student
    from overlay.settings.precedence import resolve

    if session is not None and (first or last):
        raise ReportError(
            "--session names one session, --from and --to a span of days: use one or the other"
        )
    if (week or month) and (session is not None or last or (week and month)):
        raise ReportError(
            "--week and --month are the week or the month of a day: use one of them, with --from "
            "to name the day"
        )
    formats: list[Format] = []
    if as_csv:
        formats.append("csv")
    if as_json:
        formats.append("json")
    if show or not formats:
        formats.append("html")
    with system_libraries():
        from overlay.monitor.report import make_report, save_report
    use_language(resolve().settings.language)
    profile = find_student(student)
    period: PeriodKind | None = "week" if week else "month" if month else None
    made = make_report(profile, formats, number=session, first=first, last=last, period=period)
    if made.notice:
        print(made.notice, file=sys.stderr)
    if str(out) == "-":
        typer.echo("".join(made.texts.values()).encode(), nl=False)  # UTF-8, as in a file
    else:
        for path in save_report(profile, made, out, force=force):
            print(path)
        if show:
            _open_in_browser(path)
    if made.notice:
        raise typer.Exit(1)


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def export(
    student: options.StudentName,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The ZIP file to write.")],
    force: options.Force = False,
) -> None:
    """Save everything stored about a student in one ZIP file."""
    from overlay.monitor.export import export_student
    from overlay.monitor.students import find_student

    names = export_student(find_student(student), file, force=force)
    print(f"{file}: {', '.join(names)}")


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def erase(
    student: options.StudentName,
    before: Annotated[
        date | None,
        typer.Option(
            metavar="DATE", parser=options.day, help="Only sessions that began before this day."
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete recorded sessions, leaving no trace of them in the files."""
    from overlay.monitor.erasing import erase_sessions
    from overlay.monitor.store import Store
    from overlay.monitor.students import find_student

    profile = find_student(student)
    what = f"sessions before {before}" if before else "all sessions"
    until = datetime.combine(before, time.min).timestamp() if before else None
    _confirm(f"Delete {what} of {profile.name}?", yes)
    with Store.open(profile.store_path) as store:
        if store.notice:
            print(store.notice, file=sys.stderr)
        erased = erase_sessions(profile, store, until)
    count = erased.sessions
    print(f"{count} session{'' if count == 1 else 's'} of {profile.name} deleted")
    for path in erased.files:
        print(f"removed {path}")
    for line in erased.left:
        print(line, file=sys.stderr)


def _open_in_browser(path: Path) -> None:
    import webbrowser

    with native_output_on_terminal():
        opened = webbrowser.open(path.resolve().as_uri())
    if not opened:
        print(f"no browser found: open {path} yourself", file=sys.stderr)


def _ask_for_labels() -> Iterator[str]:
    """Neutral first, then whatever the student likes."""
    yield "neutral"
    question = "Next expression, or a word of your own (Enter to finish)"
    while label := options.answer(question):
        yield label


def _refuse_demo(settings: Settings) -> None:
    """Only the student's own face counts; `auto` would show the demo where there is no webcam.

    Raises:
        SourceError: `auto` finds no webcam.
    """
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.sources.webcam import find_camera
    if settings.source == "auto":
        find_camera("")


def _say(line: str) -> None:
    print(line, flush=True)


def _confirm(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True)


def _ask_for_consent(student: Student, retention_days: int, agreed: bool) -> None:
    from overlay.monitor.consent import CONSENT_TEXT, give_consent, has_consented

    if has_consented(student):
        return
    print(CONSENT_TEXT.format(days=retention_days))
    if not agreed:
        try:
            agreed = typer.confirm(f"\n{student.name}, do you agree to be recorded like this?")
        except typer.Abort:  # nobody there to answer
            agreed = False
    if not agreed:
        raise StudentError(
            f"{student.name} has not agreed, so nothing is recorded (in a script, add --agree)"
        )
    give_consent(student)
