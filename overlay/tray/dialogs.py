"""What the tray shows in windows: questions, notices, and the settings.

Each window runs in a process of its own, so that neither the video nor the control channel waits
for an answer. Where no dialog can be shown, questions and notices are lines on the terminal.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing.context import SpawnProcess

from overlay.errors import OverlayError
from overlay.gui.process import NO_QT, make_dialog, make_settings, start_window
from overlay.gui.wording import APP_TITLE, Dialog
from overlay.host.display import has_display
from overlay.host.terminal import confirm, has_terminal
from overlay.language import LazyText

__all__ = ["CannotAskError", "Dialog", "Dialogs"]

_log = logging.getLogger(__name__)

#: How long to watch whether the settings can be shown at all, in seconds.
_STARTING_S = 2.0


class CannotAskError(OverlayError):
    """No dialog can be shown on this desktop."""


class Dialogs:
    """Shows one question and one notice at a time; the others wait for their turn.

    A question does not wait for a notice to be closed. Of settings, there is one window at most.
    """

    def __init__(self) -> None:
        self._questions, self._notices = threading.Lock(), threading.Lock()
        self._shared: dict[Dialog, Future[str | bool | None]] = {}
        self._lock = threading.Lock()
        self._processes: set[SpawnProcess] = set()
        self._settings: SpawnProcess | None = None
        self._closed = False

    def ask(self, dialog: Dialog) -> bool | None:
        """Show a dialog and wait, in this thread, until the user has answered.

        If the same one is open or waiting already, its answer counts for both.

        Returns:
            Whether the user agreed; None if `close` was called.

        Raises:
            CannotAskError: Neither the desktop nor a terminal can show it.
        """
        answer = self._answer(dialog)
        return None if answer is None else bool(answer)

    def ask_text(self, dialog: Dialog) -> str | None:
        """Ask for a line of text and wait, in this thread, until the user has answered.

        Returns:
            What the user typed; None if they refused, or `close` was called.

        Raises:
            CannotAskError: Neither the desktop nor a terminal can show it.
        """
        answer = self._answer(replace(dialog, asks_text=True))
        return answer if isinstance(answer, str) else None

    def tell(self, text: str, *, title: str = APP_TITLE) -> None:
        """Show a notice without waiting; on standard error if no dialog can be shown."""

        def show() -> None:
            try:
                self.ask(Dialog(text, title=title))
            except CannotAskError:
                _say(f"{title}: {text}")  # not in the log: it may name a student

        threading.Thread(target=show, name="notice", daemon=True).start()

    def open_settings(self) -> bool:
        """Open the settings, unless they are open; whether windows can be shown here."""
        if not has_display():
            return False
        with self._lock:
            if self._settings is None or not self._settings.is_alive():
                self._settings = start_window(make_settings)
            process = self._settings
        process.join(_STARTING_S)
        return process.exitcode != NO_QT

    def in_background(self, work: Callable[[], object]) -> Callable[[], None]:
        """A function that does the work in a thread of its own, and shows the user what fails."""

        def run() -> None:
            try:
                work()
            except OverlayError as error:
                self.tell(str(error))
            except Exception:
                _log.exception("an action of the tray failed")

        return lambda: threading.Thread(target=run, name="tray-action", daemon=True).start()

    def close(self) -> None:
        """Close what is open; nothing is shown any more."""
        with self._lock:
            self._closed = True
            settings = () if self._settings is None else (self._settings,)
            for process in (*self._processes, *settings):
                process.terminate()

    def _answer(self, dialog: Dialog) -> str | bool | None:
        """The answer, which whoever asks the same meanwhile gets as well."""
        with self._lock:
            is_first = dialog not in self._shared
            answer = self._shared.setdefault(dialog, Future())
        if is_first:
            try:
                answer.set_result(self._ask(dialog))
            except BaseException as error:
                answer.set_exception(error)
            finally:
                with self._lock:
                    del self._shared[dialog]
        return answer.result()

    def _ask(self, dialog: Dialog) -> str | bool | None:
        with self._notices if dialog.no is None else self._questions:
            said = self._show(dialog) if has_display() else []
        if self._closed:
            return None
        if not said:  # not even that it is there: no Qt, or no display after all
            return _ask_on_terminal(dialog)
        answer: str | bool | None = json.loads(said[1]) if len(said) > 1 else None  # else killed
        return answer

    def _show(self, dialog: Dialog) -> list[bytes]:
        """Show a dialog until it is answered; what `make_dialog` sent."""
        answers, sender = multiprocessing.Pipe(duplex=False)
        with answers, sender:
            with self._lock:
                if self._closed:
                    return []
                process = start_window(make_dialog, dialog, sender)
                self._processes.add(process)
            process.join()
            with self._lock:
                self._processes.remove(process)
            said = []
            while answers.poll():
                said.append(answers.recv_bytes())
            return said


def _ask_on_terminal(dialog: Dialog) -> str | bool | None:
    if not has_terminal():
        raise CannotAskError(LazyText("no dialog can be shown on this desktop"))
    _say(f"\n{dialog.text}\n")
    if dialog.asks_text:
        return sys.stdin.readline().strip() or None
    if dialog.no is None:
        return True
    return confirm(f"{dialog.yes}?")


def _say(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr, flush=True)
