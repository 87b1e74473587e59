"""Help pages in plain text: commands and options under their panels' headings, words kept whole.

Typer's own panels (Rich) cut long option names short in a narrow terminal and take twice as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

#: The panels of `emotion-overlay --help`.
CALL, YOURSELF, CLASS = "Call", "Yourself", "Class"
FILES, SET_UP = "Files", "Set-up"

#: Stands for a hyphen while lines are made, so that `only-me` is not broken.
_UNBROKEN = "\N{NON-BREAKING HYPHEN}"

#: Long enough for the first sentence of every command.
_SHORT_HELP = 200


class PanelGroup(TyperGroup):
    """A group of commands that are listed by their `rich_help_panel`."""

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the commands, one section a panel."""
        commands = [self.get_command(ctx, name) for name in self.list_commands(ctx)]
        _write_panels(
            formatter,
            "Commands",
            (
                (command, (command.name or "", command.get_short_help_str(_SHORT_HELP)))
                for command in commands
                if command and not command.hidden
            ),
        )


class PanelCommand(TyperCommand):
    """A command whose options are listed by their `rich_help_panel`, and arguments without type."""

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write arguments and options, one section a panel."""
        rows: dict[str, list[tuple[Any, tuple[str, str]]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                rows[parameter.param_type_name].append((parameter, record))
        arguments = ((each, (each.metavar, record[1])) for each, record in rows["argument"])
        _write_panels(formatter, "Arguments", arguments)
        _write_panels(formatter, "Options", rows["option"])


def _write_panels(
    formatter: Any, default: str, entries: Iterable[tuple[object, tuple[str, str]]]
) -> None:
    panels: dict[str, list[tuple[str, str]]] = {}
    for entry, row in entries:
        panel = getattr(entry, "rich_help_panel", None) or default
        panels.setdefault(panel, []).append((row[0], row[1].replace("-", _UNBROKEN)))
    for panel, rows in panels.items():
        with formatter.section(panel):
            formatter.write_dl(rows)
    formatter.buffer = [part.replace(_UNBROKEN, "-") for part in formatter.buffer]
