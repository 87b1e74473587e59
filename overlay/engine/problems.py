"""What is wrong now: one line for each room in trouble, and who is told when that changes."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from overlay.engine.problem_log import ProblemLog, Room

#: A problem that comes back within this time of its end is one that comes and goes, as that of a
#: device that is opened again and again; it ends once this long has passed without it. In seconds.
STEADY_S = 3.0

#: While a problem lasts, a change of its text is told at most this often, in seconds.
TELL_EVERY_S = 1.0


@dataclass
class _Trouble:
    """One room.

    Attributes:
        line: What is wrong, or None.
        failed_s: When something last went wrong.
        ended_s: When the problem last ended.
        comes_and_goes: Whether it ends only after `STEADY_S` without it.
        told_s: When it was last told.
        told: The line that was told.
    """

    line: str | None = None
    failed_s: float = -math.inf
    ended_s: float = -math.inf
    comes_and_goes: bool = False
    told_s: float = -math.inf
    told: str | None = None


class Problems:
    """The problems of all rooms; the loops report what fails and what works, anyone reads."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Begin without any; `changed` is called, from any thread, when one comes or goes."""
        self._changed = changed
        self._lock = threading.Lock()
        self._rooms: defaultdict[Room, _Trouble] = defaultdict(_Trouble)
        self._log = ProblemLog()

    @property
    def lines(self) -> Mapping[Room, str]:
        """One line for each room in trouble."""
        with self._lock:
            return MappingProxyType(
                {room: trouble.line for room, trouble in self._rooms.items() if trouble.line}
            )

    def report(
        self, room: Room, message: str, error: Exception | None = None, *, replace: bool = True
    ) -> None:
        """Note that something went wrong.

        While the trouble lasts, other messages replace the first in the status; the log has one
        entry when it begins and one when it ends.

        Args:
            room: Where.
            message: What the user should know; line breaks become spaces.
            error: What was raised, for the log.
            replace: Whether the message replaces one that the room has.
        """
        now = time.monotonic()
        with self._lock:
            trouble = self._rooms[room]
            begins = trouble.line is None
            if begins:
                trouble.comes_and_goes = now - trouble.ended_s < STEADY_S
            if begins or replace:
                trouble.line = " ".join(message.split())
            trouble.failed_s = now
        if begins:
            self._log.begin(room, error)
        self._tell(trouble, now)

    def clear(self, room: Room, *, at_once: bool = False) -> None:
        """Note that a room works; called for nearly every frame.

        Args:
            room: Which.
            at_once: Whether even a problem that comes and goes ends, because what had it has been
                exchanged.
        """
        if (trouble := self._rooms.get(room)) is None or trouble.line is None:
            return
        now = time.monotonic()
        with self._lock:
            if not at_once and trouble.comes_and_goes and now - trouble.failed_s < STEADY_S:
                return
            trouble.line, trouble.ended_s = None, -math.inf if at_once else now
        self._log.end(room)
        self._tell(trouble, now)

    def close(self) -> None:
        """Complete the log because the engine ends; the problems stay in the status."""
        self._log.close()

    def _tell(self, trouble: _Trouble, now: float) -> None:
        with self._lock:
            came_or_went = (trouble.line is None) != (trouble.told is None)
            if trouble.line == trouble.told or not (
                came_or_went or now - trouble.told_s >= TELL_EVERY_S
            ):
                return
            trouble.told, trouble.told_s = trouble.line, now
        self._changed()
