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

from overlay.tray._dialog_process import Dialog, show_dialog

__all__ = ["Dialog", "Dialogs"]

_log = logging.getLogger(__name__)


class Dialogs:
    """Shows one dialog at a time."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: SpawnProcess | None = None
        self._closed = False

    def ask(self, dialog: Dialog) -> bool | None:
        """Show a dialog and wait, in this thread, until the user has answered.

        Returns:
            Whether the user agreed; None if it could not be shown, or another one is open.
        """
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            answer = self._ask_on_desktop(dialog)
            return _ask_on_terminal(dialog) if answer is None and not self._closed else answer
        finally:
            self._one_at_a_time.release()

    @property
    def busy(self) -> bool:
        """Whether a dialog is open."""
        return self._one_at_a_time.locked()

    def tell(self, title: str, text: str, *, monospace: bool = False) -> None:
        """Show a notice without waiting for it to be read; in the log if there is no other way."""

        def show() -> None:
            if self.ask(Dialog(title, text, monospace=monospace)) is None:
                _log.warning("%s: %s", title, text)

        threading.Thread(target=show, name="notice", daemon=True).start()

    def close(self) -> None:
        """Close the dialog that is open; none is shown any more."""
        self._closed = True
        if self._process is not None:
            self._process.terminate()

    def _ask_on_desktop(self, dialog: Dialog) -> bool | None:
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
        return {0: True, 1: False}.get(process.exitcode if process.exitcode is not None else -1)


def _ask_on_terminal(dialog: Dialog) -> bool | None:
    if not _has_terminal():
        return None
    sys.stderr.write(f"\n{dialog.text}\n\n")
    if dialog.no is None:
        return True
    sys.stderr.write(f"{dialog.yes}? Type yes or no: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().casefold()
    return None if not answer else answer in ("y", "yes")


def _has_terminal() -> bool:
    """Whether somebody can answer; a background job that read its terminal would be stopped."""
    try:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        return sys.platform == "win32" or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # no standard streams, or closed ones
        return False
