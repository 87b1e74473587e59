"""The running application, as a window sees it: over the control channel, never waiting for it."""

from __future__ import annotations

import queue
import threading
from typing import Any

from PySide6.QtCore import QObject, Signal

from overlay.control import ask
from overlay.errors import ControlError, NotRunningError

#: How often to ask how it is, in seconds, and how often while something is to be followed.
_EVERY_S, _FOLLOWED_S = 1.0, 0.4


class Instance(QObject):
    """Asks the running application how it is, and has it do things, from a thread of its own.

    Attributes:
        follows: Whether to ask more often, because something shown changes all the time.
        answered: The whole answer of the application, after each command and regularly.
        refused: Why it did not do what it was told, in one line.
        lost: It does not answer, or another one has taken its place.
    """

    answered = Signal(dict)
    refused = Signal(str)
    lost = Signal()

    def __init__(self, pid: int | None = None) -> None:
        """Begin with `start`.

        Args:
            pid: The only process whose answers count; None for any.
        """
        super().__init__()
        self._pid = pid
        self.follows = False
        self._orders: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="instance", daemon=True)

    def first_answer(self, command: str = "status") -> dict[str, Any] | None:
        """Ask now and wait for the answer; None if there is no such application."""
        try:
            answer = ask(command)
        except ControlError:
            return None
        return answer if self._is_ours(answer) else None

    def start(self) -> None:
        """Ask regularly from now on."""
        self._thread.start()

    def tell(self, command: str, value: Any = None) -> None:
        """Have it do something; what comes of that is signalled."""
        self._orders.put((command, value))

    def _work(self) -> None:
        while True:
            try:
                order = self._orders.get(timeout=_FOLLOWED_S if self.follows else _EVERY_S)
            except queue.Empty:
                order = ("status", None)
            self._ask(*order)

    def _ask(self, command: str, value: Any) -> None:
        try:
            answer = ask(command, value)
        except NotRunningError:
            self.lost.emit()
        except ControlError as error:
            self.refused.emit(str(error))
        else:
            if self._is_ours(answer):
                self.answered.emit(answer)
            else:
                self.lost.emit()

    def _is_ours(self, answer: dict[str, Any]) -> bool:
        return self._pid is None or answer.get("pid") == self._pid
