"""Texts for the terminal, wrapped between words."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable

from rich.cells import cell_len

_GAP = 2

_COMMAND = re.compile(r"`[^`]*`")


def columns(rows: Iterable[tuple[str, str]], *, width: int | None = None) -> str:
    """Rows of a short label with a long text beside it.

    Args:
        rows: Label and text of each; lines of a text stay lines.
        width: Of the terminal, in characters; this one's if not given.

    Example:
        >>> print(columns([("mode", "only-me"), ("source", "a long word")], width=14))
        mode    only-me
        source  a long
                word
    """
    rows = list(rows)
    width = width or shutil.get_terminal_size().columns
    indent = max((cell_len(label) for label, _ in rows), default=0) + _GAP
    lines: list[str] = []
    for label, text in rows:
        first, *others = wrap(text, width - indent)
        lines.append(f"{label}{' ' * (indent - cell_len(label))}{first}".rstrip())
        lines += [f"{' ' * indent}{other}".rstrip() for other in others]
    return "\n".join(lines)


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text; a longer word, and a command in backticks, stays whole to be copied.

    Args:
        text: Its own lines stay lines.
        width: Of a line, in characters.
    """
    whole = _COMMAND.sub(lambda command: command[0].replace(" ", "\N{NO-BREAK SPACE}"), text)
    return [
        part.replace("\N{NO-BREAK SPACE}", " ")
        for line in whole.splitlines() or [""]
        for part in textwrap.wrap(
            line, max(width, 1), break_long_words=False, break_on_hyphens=False
        )
        or [""]
    ]
