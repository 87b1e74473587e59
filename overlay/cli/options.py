"""The command line's options for settings, made from `Settings`: name, help and values live there.

Values are taken as text and judged by `Settings`, as environment variables are.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overlay.settings import Settings, choices

if TYPE_CHECKING:
    from overlay.settings.file import SettingsFile

LABELS, WINDOW = "Labels", "Private window"


def _option(name: str, *aliases: str, panel: str | None = None) -> Any:
    """The option of one setting.

    Args:
        name: The setting's.
        aliases: Other names of the option.
        panel: The heading it is listed under.
    """
    field = Settings.model_fields[name]
    long = name.replace("_", "-")
    is_flag = field.annotation is bool
    return typer.Option(
        f"--{long}/--no-{long}" if is_flag else f"--{long}",
        *aliases,
        help=field.description,
        metavar=None if is_flag else name.split("_")[-1].upper(),
        rich_help_panel=panel,
        autocompletion=(lambda: list(choices(name))) if choices(name) else None,
    )


Mode = Annotated[str | None, _option("mode")]
Source = Annotated[str | None, _option("source")]
Output = Annotated[str | None, _option("output")]
Width = Annotated[str | None, _option("width")]
Height = Annotated[str | None, _option("height")]
Fps = Annotated[str | None, _option("fps")]
Fit = Annotated[str | None, _option("fit")]
Codec = Annotated[str | None, _option("codec")]
Rotate = Annotated[str | None, _option("rotate")]
Flip = Annotated[bool | None, _option("flip")]
PerceptionHz = Annotated[str | None, _option("perception_hz")]
Sensitivity = Annotated[str | None, _option("sensitivity", panel=LABELS)]
Theme = Annotated[str | None, _option("theme", panel=LABELS)]
Language = Annotated[str | None, _option("language", panel=LABELS)]
Boxes = Annotated[bool | None, _option("boxes", panel=LABELS)]
Bars = Annotated[bool | None, _option("bars", panel=LABELS)]
Scale = Annotated[str | None, _option("scale", panel=LABELS)]
Window = Annotated[bool | None, _option("window", panel=WINDOW)]
WindowOnTop = Annotated[bool | None, _option("window_on_top", panel=WINDOW)]
MirrorWindow = Annotated[bool | None, _option("mirror_window", panel=WINDOW)]
IdleMinutes = Annotated[str | None, _option("idle_minutes", "--idle")]

#: Not settings, but common to several commands.
Agree = Annotated[
    bool,
    typer.Option("--agree", help="Agree to what `agree` shows, without being asked."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files without asking.")]
Loop = Annotated[bool, typer.Option("--loop", help="Start a file over when it ends.")]


def number(kind: type[int] | type[float], least: float, most: float | None = None) -> Any:
    """A parser of numbers for `typer.Option(parser=...)` that says what it wants.

    Args:
        kind: `int` or `float`.
        least: The smallest number it takes.
        most: The greatest, or None.
    """
    limits = f"at least {least:g}" if most is None else f"from {least:g} to {most:g}"
    what = f"a {'whole ' if kind is int else ''}number, {limits}"

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            raise typer.BadParameter(f"it must be {what}, not '{text}'") from None
        if not least <= value <= (most if most is not None else value):
            raise typer.BadParameter(f"it must be {what}, not {text}")
        return value

    return parse


def day(text: str) -> date:
    """A parser of days for `typer.Option(parser=...)`."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"it must be a day like 2026-05-31, not '{text}'") from None


Seconds = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", parser=number(float, 0.1), help="Stop after this long."),
]


StudentName = Annotated[str, typer.Option("--student", metavar="NAME", help="The student's name.")]
SessionNumber = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER",
        parser=number(int, 1),
        help="Only this session, by its number; by default, the latest.",
    ),
]


def answer(question: str) -> str:
    """What the user types, without surrounding spaces; empty where nobody is there to answer."""
    try:
        return str(typer.prompt(question, default="", show_default=False)).strip()
    except typer.Abort:
        return ""


def complete_value(context: typer.Context) -> list[str]:
    """The values that the shell offers for the setting named before."""
    name = str(context.params.get("name") or "").replace("-", "_")
    field = Settings.model_fields.get(name)
    if field is None:
        return []
    return ["true", "false"] if field.annotation is bool else list(choices(name))


def settings_in_effect(*, file: SettingsFile | None = None, **options: Any) -> Settings:
    """The settings in effect; what is wrong with the settings file is said on stderr.

    Args:
        file: The settings file; the user's if not given.
        options: From the command line, by setting; those that are None were not given.

    Raises:
        SettingsError: An option or a variable has a value that cannot be used.
    """
    from overlay.settings.precedence import resolve

    effective = resolve(options, file=file)
    for warning in effective.warnings:
        print(f"emotion-overlay: {warning}", file=sys.stderr)
    return effective.settings
