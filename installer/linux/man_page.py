"""The manual page, made from the command line's own help."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from overlay.cli import app

_FILES = """\
.SH FILES
.TP
.I ~/.config/emotion-overlay/settings.toml
Settings, each explained.
.TP
.I ~/.local/share/emotion-overlay
Recordings, if you make any.
.TP
.IR /etc/modprobe.d/emotion-overlay.conf ", " /etc/modules-load.d/emotion-overlay.conf
The virtual camera.
.SH EXIT STATUS
0 if all went well, 2 if something has to be changed first, which one line on standard error says.
.SH SEE ALSO
.BR v4l2-ctl (1)
"""


def man_page(version: str, date: datetime.date) -> str:
    """The page in the `man` macros, section 1.

    Args:
        version: Version of the application.
        date: Its date.
    """
    root: Any = get_command(app)
    lines = [
        f'.TH EMOTION-OVERLAY 1 "{date:%Y-%m-%d}" "emotion-overlay {version}" "User Commands"',
        ".SH NAME",
        r"emotion-overlay \- virtual camera that labels facial expressions",
        ".SH SYNOPSIS",
        ".B emotion-overlay",
        r"[\fICOMMAND\fR] [\fIOPTION\fR]...",
        ".SH DESCRIPTION",
        _escaped(f"{root.help} {root.epilog}"),
        ".SH COMMANDS",
        *_commands(root),
        ".SH OPTIONS",
        r"Every command explains its options with \fB\-\-help\fR.",
        *(line for option in root.params for line in _option(option)),
    ]
    return "\n".join(lines) + "\n" + _FILES


def _commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        yield from (".TP", f".B {_escaped(before + name)}")
        yield _escaped(command.get_short_help_str(limit=300))
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")


def _option(option: Any) -> Iterator[str]:
    yield from (".TP", ".B " + _escaped(", ".join(option.opts)), _escaped(option.help or ""))


def _escaped(text: str) -> str:
    one_line = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + one_line if one_line.startswith((".", "'")) else one_line
