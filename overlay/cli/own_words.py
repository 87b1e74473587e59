"""Commands for what students write themselves: marks, a goal, and words about moments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from overlay.cli import options
from overlay.cli.help import YOURSELF, PanelCommand
from overlay.errors import ReportError

app = typer.Typer()


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def mark(
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="What you want to remember.", show_default=False)
    ] = "",
) -> None:
    """Mark this moment of the running recording, with a note if you like."""
    from overlay.control import ask
    from overlay.monitor.notes import tidy

    ask("mark", tidy(note))
    print(f"marked {datetime.now():%H:%M:%S}")


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def reflect(
    student: options.StudentName,
    session: options.SessionNumber = None,
    moment: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            parser=options.number(int, 1),
            help="Only this moment, by its number in the report.",
        ),
    ] = None,
    words: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What to write about it; you are not asked then."),
    ] = None,
) -> None:
    """Write your own words about the moments of a session; the report shows them."""
    from overlay.monitor.reflect_command import Asked, moments_of, write
    from overlay.monitor.students import find_student

    if words is not None and moment is None:
        raise ReportError("--words is about one moment: name it with --moment NUMBER")
    profile = find_student(student)
    chosen = moments_of(profile, number=session, moment=moment)

    def ask(asked: Asked) -> str:
        print(f"\n{asked.told}\n{asked.question}")
        if asked.words:
            print(f"You wrote: {asked.words}")
        return options.answer("Your words (Enter to go on, - to delete)")

    kept = write(profile, chosen, (lambda _: words) if words is not None else ask)
    print(f"kept your words about {kept} of {len(chosen)} moment{'' if len(chosen) == 1 else 's'}")


@app.command(cls=PanelCommand, rich_help_panel=YOURSELF)
def goal(
    student: options.StudentName,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="[GOAL]",
            help="For example 'away at most 10 %' or 'happy every 10 minutes'; the minutes and "
            "shares are of the time in view. Without it, the goal is shown.",
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the goal.")] = False,
) -> None:
    """Set a goal for your sessions; their reports say whether it was met."""
    from overlay.monitor.goals import goal_of, parse, set_goal
    from overlay.monitor.students import find_student

    profile = find_student(student)
    if remove:
        set_goal(profile, None)
    elif text is not None:
        set_goal(profile, parse(text))
    current = goal_of(profile)
    print(f"{current}: {current.text}, from the next session on" if current else "no goal")
