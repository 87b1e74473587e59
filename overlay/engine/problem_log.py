"""The trace that a problem leaves in the log: a traceback when it begins, a line when it ends."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Literal

#: The rooms that can be in trouble while the video goes on.
Room = Literal["source", "picture", "perception", "drawing", "output", "window", "recording"]

#: A fault that comes and goes, perhaps with every frame, is logged at most this often, in seconds.
LOG_EVERY_S = 60.0

#: In these rooms the text of an error may hold an expression or the name of a student.
_PRIVATE: frozenset[Room] = frozenset({"drawing", "window", "recording"})

_log = logging.getLogger(__name__)


@dataclass
class _Fault:
    """One kind of error in one room."""

    logged_s: float
    unlogged: int = 0


class ProblemLog:
    """Logs each problem once, however often it is reported while it lasts.

    The messages of `Status.problems` are for the user and may name files and people; the log has
    the room and the type of the error instead, and its traceback.
    """

    def __init__(self) -> None:
        self._faults: dict[tuple[Room, str], _Fault] = {}
        self._began_s: dict[Room, float] = {}

    def begin(self, room: Room, error: Exception | None) -> None:
        """Note that a room is in trouble from now on, because of this error if there was one."""
        now = time.monotonic()
        kind = type(error).__name__ if error else "no error"
        fault = self._faults.get((room, kind))
        if fault is not None and now - fault.logged_s < LOG_EVERY_S:
            fault.unlogged += 1
            return
        again = f", {fault.unlogged} more since the last entry" if fault and fault.unlogged else ""
        self._faults[room, kind] = _Fault(now)
        self._began_s[room] = now
        _log.error("%s: a problem began (%s%s)", room, kind, again, exc_info=_shown(room, error))

    def end(self, room: Room) -> None:
        """Note that a room is no longer in trouble."""
        began_s = self._began_s.pop(room, None)
        if began_s is not None:
            _log.info("%s: the problem ended after %.1f s", room, time.monotonic() - began_s)

    def close(self) -> None:
        """Note that what is in trouble now was so until the engine ended."""
        for room, began_s in self._began_s.items():
            lasted_s = time.monotonic() - began_s
            _log.info("%s: the problem lasted until the end, %.1f s", room, lasted_s)
        self._began_s.clear()


def _shown(room: Room, error: Exception | None) -> Exception | None:
    """The error, or where its text is private, one that has only its type and its place."""
    if error is None or room not in _PRIVATE:
        return error
    return Exception(f"{type(error).__name__} (text left out)").with_traceback(error.__traceback__)
