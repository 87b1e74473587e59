"""What `class open` does: hold a class until the teacher ends it, with a window or without."""

from __future__ import annotations

import json
import multiprocessing
import queue
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from overlay.classroom.chart import told
from overlay.classroom.codes import spelled
from overlay.classroom.lesson_file import OpenClass
from overlay.classroom.running import RunningClass
from overlay.classroom.view import first_view, qr_rows, view
from overlay.gui.process import make_board, start_window
from overlay.host.display import has_display
from overlay.host.interrupts import interrupts
from overlay.language import _
from overlay.monitor.notes import tidy

#: How often to see whether the window is still there, in seconds.
_LOOK_S = 0.25

Say = Callable[[str], None]


class _Wishes:
    """What the teacher wants: marks, and the end of the class; from the window or the terminal."""

    def __init__(self, running: RunningClass, changed: Callable[[], None]) -> None:
        self._running = running
        self._changed = changed
        self._notes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.ends = threading.Event()

    def mark(self, note: str) -> None:
        """Mark this moment."""
        self._notes.put(note)

    def wait(self, seconds: float) -> bool:
        """Fulfil wishes for so many seconds; whether the class is to end before that."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.ends.wait(min(_LOOK_S, left)):
                return True
            while not self._notes.empty():
                self._running.board.mark(self._notes.get())
                self._changed()
        return False


class _Window:
    """The board's window, in a process of its own; without one, nothing is shown."""

    def __init__(self, running: RunningClass) -> None:
        self._channel, theirs = multiprocessing.Pipe()
        self._process = start_window(make_board, theirs)
        theirs.close()
        self._send(first_view(running))

    def show(self, running: RunningClass) -> None:
        self._send(view(running))

    def listen(self, wishes: _Wishes) -> None:
        """Pass on what the teacher wants until the window is gone; in a thread of its own."""
        threading.Thread(
            target=_listen, args=(self._channel, wishes), name="board-window", daemon=True
        ).start()

    def close(self) -> None:
        self._process.terminate()

    def _send(self, content: dict[str, Any]) -> None:
        try:
            self._channel.send_bytes(json.dumps(content).encode())
        except OSError:  # it is gone; the class goes on
            return


def hold(unfinished: OpenClass, *, window: bool, say: Say) -> list[Path]:
    """Hold a class until the teacher ends it.

    Args:
        unfinished: A new class, or one that goes on.
        window: Whether to show the board in a window, if that can be.
        say: Is given lines for the teacher.

    Returns:
        The files that were written at its end.

    Raises:
        ClassError: The class cannot begin, or its files cannot be written.
    """
    running = RunningClass(unfinished)
    running.start()
    board = _Window(running) if window and has_display() else None

    def show() -> None:
        if board is not None:
            board.show(running)

    wishes = _Wishes(running, show)
    try:
        _greet(running, say)
        show()
        if board is not None:
            board.listen(wishes)
        if sys.stdin is not None and sys.stdin.isatty():
            threading.Thread(target=_read_notes, args=(wishes,), name="notes", daemon=True).start()
        _run(running, wishes, show, say)
        return running.end()
    finally:
        running.close()
        if board is not None:
            board.close()


def _run(running: RunningClass, wishes: _Wishes, show: Callable[[], None], say: Say) -> None:
    """Interval after interval, until the teacher or a signal ends the class."""
    problem: str | None = None
    try:
        with interrupts():
            while (row := running.run_interval(wishes.wait)) is not None:
                show()
                say(told(row, running.board.lesson.utc_offset_s))
                now = running.problem or running.board.notice
                if now != problem and now is not None:
                    say(now)
                problem = now
    except KeyboardInterrupt:
        return


def _greet(running: RunningClass, say: Say) -> None:
    say(_("class “{title}”; Ctrl-C ends it").format(title=running.board.lesson.title))
    say(_("code: {code}").format(code=spelled(running.code)))
    say(_("link: {link}").format(link=running.link))
    if sys.stdout is not None and sys.stdout.isatty():
        for line in _terminal_qr(qr_rows(running.link)):
            say(line)
        say(_("to mark a moment, type a note and press Enter"))


def _terminal_qr(rows: list[str]) -> list[str]:
    """Two rows of a QR code in each line of text, light on dark."""
    rows = [*rows, "0" * len(rows[0])] if len(rows) % 2 else rows
    blocks = {"00": "█", "01": "▀", "10": "▄", "11": " "}
    return [
        "".join(blocks[upper + lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def _listen(channel: Connection, wishes: _Wishes) -> None:
    try:
        while True:
            wanted = json.loads(channel.recv_bytes())
            if "mark" in wanted:
                wishes.mark(tidy(str(wanted["mark"])))
            if wanted.get("end"):
                wishes.ends.set()
    except (EOFError, OSError):  # the window is gone; the class goes on
        return


def _read_notes(wishes: _Wishes) -> None:
    for line in sys.stdin:
        wishes.mark(tidy(line[:200]))
