"""Commands of self-monitoring: students, sessions, erasing."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from overlay.monitor.students import Student

StudentName = Annotated[str, typer.Option("--student", help="Whose, by name.")]
Name = Annotated[str, typer.Argument(help="The student's name.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

app = typer.Typer()
student_app = typer.Typer(help="Students who record themselves.", no_args_is_help=True)
app.add_typer(student_app, name="student")


@student_app.command("add")
def student_add(name: Name) -> None:
    """Make a profile: a folder that only you can read."""
    from overlay.monitor.students import add_student

    student = add_student(name)
    print(f"{student.name}: profile made in {student.folder}")


@student_app.command("list")
def student_list() -> None:
    """List the students of this computer account."""
    from overlay.monitor.students import list_students

    students = list_students()
    for student in students:
        print(f"{student.name}  {student.folder}")
    if not students:
        print("no students yet: `emotion-overlay student add NAME` makes one")


@student_app.command("remove")
def student_remove(name: Name, yes: Yes = False) -> None:
    """Delete a student with everything recorded."""
    from overlay.monitor.students import find_student, remove_student

    student = find_student(name)
    _confirm(f"Delete {student.name} with everything recorded?", yes)
    removed = remove_student(name)
    for path in removed:
        print(f"removed {path}")


@app.command()
def monitor(
    student: StudentName,
    title: Annotated[str, typer.Option(help="What you call the session.")] = "",
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after this long.", show_default=False)
    ] = None,
    idle: Annotated[
        float | None, typer.Option(help="End after so many minutes without you; 0 is never.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where frames come from, as in `run`.")] = None,
    output: Annotated[str | None, typer.Option(help="What the call gets, as in `run`.")] = None,
    window: Annotated[bool | None, typer.Option(help="A private window.")] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Start a file again at its end.")] = False,
    agree: Annotated[
        bool, typer.Option("--agree", help="You have read what is recorded, and agree to it.")
    ] = False,
) -> None:
    """Record your own expressions for yourself; the call gets clean video."""
    from overlay.libraries import system_libraries
    from overlay.monitor.students import find_student
    from overlay.precedence import resolve

    with system_libraries():
        from overlay.monitor.live import record
    profile = find_student(student)
    effective = resolve(
        {
            "mode": "only-me",
            "source": source,
            "output": output,
            "idle_minutes": idle,
            "window": window,
        }
    )
    for warning in effective.warnings:
        print(f"emotion-overlay: {warning}", file=sys.stderr)
    _ask_for_consent(profile, effective.settings.retention_days, agree)
    record(profile, effective.settings, title=title, seconds=seconds, loop=loop, say=_say)


@app.command()
def erase(
    student: StudentName,
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only sessions that began before this day."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete recorded sessions so that nothing of them is left in the files."""
    from overlay.monitor.store import Store
    from overlay.monitor.students import find_student

    profile = find_student(student)
    what = f"sessions before {before:%Y-%m-%d}" if before else "all sessions"
    _confirm(f"Delete {what} of {profile.name}?", yes)
    with Store.open(profile.store_path) as store:
        if store.notice:
            print(store.notice, file=sys.stderr)
        erased = store.erase(before.timestamp() if before else None)
    print(f"{erased} session{'' if erased == 1 else 's'} of {profile.name} deleted")


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
    _confirm(f"\n{student.name}, do you agree to be recorded like this?", agreed)
    give_consent(student)
