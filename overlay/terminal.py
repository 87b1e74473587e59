"""Questions to the user on the terminal."""

from __future__ import annotations

import sys


def has_terminal() -> bool:
    """Whether somebody can be asked: standard input and standard error are a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str) -> bool:
    """Ask a question that Enter answers with no; only where there is a terminal."""
    import typer

    try:
        return typer.confirm(question, err=True)
    except typer.Abort:  # Ctrl-C or the end of the input
        return False
