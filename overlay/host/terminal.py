"""Questions and progress on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from overlay.printable import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def has_terminal() -> bool:
    """Whether somebody can be asked: standard input and standard error are a terminal."""
    try:
        there = sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):  # no standard streams, or closed ones
        return False
    return there and not _is_background_job()


def _is_background_job() -> bool:
    """Whether reading from the terminal would stop this process, as after `&` in a shell."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp()
    except OSError:  # it is not the terminal of this session
        return False


def confirm(question: str) -> bool:
    """Ask a question that Enter answers with no; only where there is a terminal."""
    import typer

    try:
        return typer.confirm(question, err=True)
    except typer.Abort:  # Ctrl-C or the end of the input
        return False


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error while the block runs; yields what moves it one step.

    Args:
        what: What is being done.
        total: Number of steps; 0 if that is not known.
    """
    with _bars() as bars:
        task = bars.add_task(what, total=total or None)
        yield lambda: bars.advance(task)


class FileProgress:
    """A bar for all files, if there are several, and one for each that is being read.

    They are on standard error; any thread may move them.
    """

    def __init__(self, bars: Progress, files: int) -> None:
        """Show nothing but the bar for all files yet.

        Args:
            bars: Where the bars are shown.
            files: How many files there are.
        """
        self._bars = bars
        self._all = bars.add_task("files", total=files, visible=files > 1)
        self._tasks: dict[str, TaskID] = {}

    def begin(self, file: str, total: int) -> None:
        """Show a bar for a file; `total` is its number of frames, 0 if that is not known."""
        self._tasks[file] = self._bars.add_task(printable(file), total=total or None)

    def advance(self, file: str) -> None:
        """Move the bar of a file by one frame, if it has one."""
        if file in self._tasks:
            self._bars.advance(self._tasks[file])

    def finish(self, file: str) -> None:
        """Take the bar of a file away, and count the file."""
        if file in self._tasks:
            self._bars.remove_task(self._tasks.pop(file))
        self._bars.advance(self._all)


@contextmanager
def file_progress(files: int) -> Iterator[FileProgress]:
    """Bars for reading so many files while the block runs."""
    with _bars() as bars:
        yield FileProgress(bars, files)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # it would print an empty line at the end
    )
