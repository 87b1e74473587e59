"""The board: asks the members in every interval, and makes one row of the lesson of the answers."""

from __future__ import annotations

import threading
import time
from collections import Counter

from overlay.classroom.groups import Groups
from overlay.classroom.lesson import Lesson, Row, TeacherMark
from overlay.classroom.protocol import (
    Announcement,
    BoardKeys,
    OtherVersionError,
    UnreadableError,
)
from overlay.classroom.shares import shares_of
from overlay.classroom.states import Tenths
from overlay.language import N_, _

#: How many members a class has at most, and how many messages are read in an interval. Decrypting
#: as many takes two seconds of a core.
MOST_MEMBERS = 12_000
_MOST_MESSAGES = 3 * MOST_MEMBERS


class Board:
    """One class on the teacher's machine. All methods may be called from any thread.

    What members send is in memory until the interval ends; what is kept is `lesson`.

    Args:
        keys: Of the class.
        lesson: What there is of it so far.
        interval: The number of the last interval; 0 for none.

    Attributes:
        lesson: What was shown.
        interval: The number of the interval that members are asked about now.
        notice: What the teacher should know about messages in the last interval, or None.
    """

    def __init__(self, keys: BoardKeys, lesson: Lesson, interval: int = 0) -> None:
        self.lesson = lesson
        self.interval = interval
        self.notice: str | None = None
        self._keys = keys
        self._groups: Groups[bytes] = Groups()
        self._sent: dict[bytes, Tenths] = {}
        self._dropped: Counter[str] = Counter()
        self._read = 0
        self._lock = threading.Lock()

    def begin_interval(self, *, is_open: bool = True) -> bytes:
        """Begin an interval.

        Args:
            is_open: False to tell the members that the class has ended.

        Returns:
            The message to all members.
        """
        with self._lock:
            # Greater than before in any case, also after a restart or with another clock.
            self.interval = max(self.interval + 1, time.time_ns() // 1_000_000)
            self._sent = {}
            return self._keys.announce(Announcement(self.interval, is_open, self.lesson.title))

    def receive(self, message: bytes) -> None:
        """Take in a member's message; whatever else it may be is dropped."""
        with self._lock:
            self._read += 1
            if self._read > _MOST_MESSAGES:
                self._dropped["flood"] += 1
                return
            try:
                said = self._keys.read(message)
            except OtherVersionError:
                self._dropped["version"] += 1
            except UnreadableError:
                self._dropped["unreadable"] += 1
            else:
                if said.interval != self.interval or said.member in self._sent:
                    self._dropped["again"] += 1
                elif len(self._sent) >= MOST_MEMBERS:
                    self._dropped["full"] += 1
                else:
                    self._sent[said.member] = said.tenths

    def end_interval(self) -> Row:
        """Sum up what has come; what members sent is forgotten.

        Returns:
            What is shown of it; it is in `lesson` as well.
        """
        with self._lock:
            total = self._groups.step(self._sent)
            shares = None if total is None else shares_of(total)
            row = Row(time.time(), len(self._sent), shares)
            self._sent = {}
            self.lesson.rows.append(row)
            dropped, self._dropped, self._read = self._dropped, Counter(), 0
            notice = next((text for kind, text in _NOTICES.items() if dropped[kind]), None)
            self.notice = None if notice is None else _(notice).format(most=MOST_MEMBERS)
            return row

    def mark(self, note: str = "") -> None:
        """Mark this moment."""
        with self._lock:
            self.lesson.marks.append(TeacherMark(time.time(), note))


_NOTICES = {
    "version": N_(
        "somebody in the class has another version of Emotion Overlay: they or "
        "you have to update it"
    ),
    "full": N_("more than {most} people have joined: the rest are not counted"),
    "flood": N_("somebody is sending far too many messages: some of them are ignored"),
    "unreadable": N_("somebody is sending messages that cannot be read: they are ignored"),
    "again": N_("somebody's messages arrive twice or too late: they are ignored"),
}
