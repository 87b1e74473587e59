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
from multiprocessing.context import SpawnProcess

from overlay.errors import OverlayError
from overlay.tray._dialog_process import NO, NOT_SHOWN, YES, Dialog, show_dialog

__all__ = ["CannotAskError", "Dialog", "Dialogs"]

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
        if self._closed or not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            code = self._show_on_desktop(dialog)
            if code == NOT_SHOWN:
                return _ask_on_terminal(dialog)
            return {YES: True, NO: False}.get(code)  # None if it was killed
        finally:
            self._one_at_a_time.release()

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

    def _show_on_desktop(self, dialog: Dialog) -> int:
        # spawn: a forked copy of a process with threads and a camera would not be safe.
        process = multiprocessing.get_context("spawn").Process(
            target=show_dialog, args=(dialog,), name="dialog", daemon=True
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


def _has_terminal() -> bool:
    """Whether somebody can answer; a background job that read its terminal would be stopped."""
    try:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        return sys.platform == "win32" or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # no standard streams, or closed ones
        return False
