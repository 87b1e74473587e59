"""Questions and notices, on whatever this desktop has for them.

A dialog runs in a process of its own, so that neither the video nor the control of the
application waits for an answer.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from typing import NoReturn

from overlay.errors import OverlayError
from overlay.tray._dialog_process import NO, NOT_SHOWN, YES, Dialog, show_dialog
from overlay.tray._text_dialog_process import TextQuestion, show_text_question

__all__ = ["CannotAskError", "Dialog", "Dialogs", "TextQuestion"]

_log = logging.getLogger(__name__)


class CannotAskError(OverlayError):
    """There is no way to show a dialog here."""


class Dialogs:
    """Shows one dialog at a time."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: SpawnProcess | None = None
        self._closed = False

    def ask(self, dialog: Dialog) -> bool | None:
        """Show a dialog and wait, in this thread, until the user has answered.

        Returns:
            Whether the user agreed; None if another dialog is open, or `close` was called.

        Raises:
            CannotAskError: Neither the desktop nor a terminal can show it.
        """
        with self._turn() as is_ours:
            if not is_ours:
                return None
            code = self._show_on_desktop(show_dialog, dialog)
            if code == NOT_SHOWN:
                return _ask_on_terminal(dialog)
            return {YES: True, NO: False}.get(code)  # None if it was killed

    def ask_text(self, question: TextQuestion) -> str | None:
        """Ask for a line of text and wait, in this thread, until the user has answered.

        Returns:
            What the user typed; None if they refused, another dialog is open, or `close` was
            called.

        Raises:
            CannotAskError: Neither the desktop nor a terminal can show it.
        """
        with self._turn() as is_ours:
            if not is_ours:
                return None
            answers, sender = multiprocessing.Pipe(duplex=False)
            with answers, sender:
                code = self._show_on_desktop(show_text_question, question, sender)
                if code == NOT_SHOWN:
                    return _ask_text_on_terminal(question)
                return answers.recv_bytes().decode() if code == YES else None

    def tell(self, title: str, text: str, *, monospace: bool = False) -> None:
        """Show a notice without waiting for it to be read; in the log if there is no other way."""

        def show() -> None:
            try:
                self.ask(Dialog(title, text, monospace=monospace))
            except CannotAskError:
                _log.warning("%s: %s", title, text)

        threading.Thread(target=show, name="notice", daemon=True).start()

    def close(self) -> None:
        """Close the dialog that is open; none is shown any more."""
        self._closed = True
        if self._process is not None:
            self._process.terminate()

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Whether a dialog may be shown now; until the end of the block no other one is."""
        if self._closed or not self._one_at_a_time.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._one_at_a_time.release()

    def _show_on_desktop(self, show: Callable[..., NoReturn], *arguments: object) -> int:
        # spawn: a forked copy of a process with threads and a camera would not be safe.
        process = multiprocessing.get_context("spawn").Process(
            target=show, args=arguments, name="dialog", daemon=True
        )
        process.start()
        self._process = process
        if self._closed:
            process.terminate()
        process.join()
        self._process = None
        return -1 if process.exitcode is None else process.exitcode


def _ask_on_terminal(dialog: Dialog) -> bool:
    if not _has_terminal():
        raise CannotAskError("no dialog can be shown on this desktop")
    sys.stderr.write(f"\n{dialog.text}\n\n")
    if dialog.no is None:
        return True
    sys.stderr.write(f"{dialog.yes}? Type yes or no: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _ask_text_on_terminal(question: TextQuestion) -> str | None:
    if not _has_terminal():
        raise CannotAskError("no dialog can be shown on this desktop")
    sys.stderr.write(f"\n{question.text}\n")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or None


def _has_terminal() -> bool:
    """Whether somebody can answer; a background job that read its terminal would be stopped."""
    try:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        return sys.platform == "win32" or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # no standard streams, or closed ones
        return False
