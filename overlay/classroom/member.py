"""A member's end of a class: answers the board with ten seconds of their own expression."""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from overlay.classroom.codes import Broker
from overlay.classroom.protocol import MemberKeys, OtherVersionError, UnreadableError
from overlay.classroom.states import INTERVAL_S, TENTHS, Tenths, tenths_of
from overlay.classroom.transport import Connection, board_topic, members_topic
from overlay.errors import ClassError
from overlay.language import _
from overlay.monitor.clock import Clock
from overlay.monitor.measures import Meter
from overlay.monitor.records import Second
from overlay.scene import Scene

_log = logging.getLogger(__name__)

#: Parts of an interval: members answer within the first; who asks again before the second is not
#: answered; and after the third without the board, a member says so.
_SPREAD, _SOONEST, _SILENT = 0.4, 0.5, 3.0

#: After how long without the board a member leaves, in seconds.
_GIVE_UP_S = 1800.0

#: How long to wait between attempts to reach the broker, in seconds.
_RETRY_S = 5.0

#: How long `leave` waits for the connection to be closed, in seconds.
_LEAVE_S = 1.0

# How late a scene may arrive, in seconds; only then is its second finished.
_LATE_S = 0.5

#: `connecting` to the broker, `waiting` for the board, `sharing`, `ended` by the board, or `left`.
State = Literal["connecting", "waiting", "sharing", "ended", "left"]


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """How it is with a membership.

    Attributes:
        state: Where it stands.
        title: What the teacher calls the class; empty until the board has answered.
        problem: What is wrong, in one line, or None.
    """

    state: State
    title: str
    problem: str | None


class Member:
    """One membership of one class, from `start` to `leave` or the end of the class.

    Args:
        code: Of the class.
        broker: Where it meets.
        clock: The clocks of this machine.
        interval_s: How long an interval is, in seconds; what is sent is always of ten seconds.
        on_end: Called once when the class has ended, from a thread of its own.
    """

    def __init__(
        self,
        code: str,
        broker: Broker,
        *,
        clock: Clock | None = None,
        interval_s: float = INTERVAL_S,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._broker = broker
        self._clock = clock or Clock()
        self._interval_s = interval_s
        self._on_end = on_end
        self._keys: MemberKeys | None = MemberKeys(code)
        self._members_topic = members_topic(self._keys.lesson)
        self._connection = Connection(broker, board_topic(self._keys.lesson), self._hear)
        self._lock = threading.Lock()
        self._meter = Meter()
        self._seconds: deque[Second] = deque(maxlen=2 * TENTHS)
        self._title = ""
        self._problem: str | None = None
        self._interval = 0
        self._began_s = self._clock.elapsed()
        self._heard_s: float | None = None
        self._asked_s = float("-inf")
        self._answer: tuple[float, bytes] | None = None
        self._opened = False
        self._ended: State | None = None
        self._wake = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._run, name="class", daemon=True)

    def start(self) -> None:
        """Begin to share."""
        self._thread.start()

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived."""
        late = self._clock.monotonic() - scene.time_s
        late = late if 0 <= late <= 1 else 0.0
        with self._lock:
            self._meter.observe(scene, self._now() - late, self._clock.wall() - late)

    def status(self) -> MemberStatus:
        """How it is now."""
        with self._lock:
            now = self._clock.elapsed()
            silent_s = now - (self._began_s if self._heard_s is None else self._heard_s)
            if self._ended is not None:
                return MemberStatus(self._ended, self._title, self._problem)
            if not self._connection.connected:
                problem = self._problem or (
                    _("the connection to the class was lost: reconnecting")
                    if self._opened
                    else None
                )
                return MemberStatus("connecting", self._title, problem)
            if silent_s <= _SILENT * self._interval_s:
                state: State = "waiting" if self._heard_s is None else "sharing"
                return MemberStatus(state, self._title, self._problem)
            problem = self._problem or (
                _("the board does not answer: is the code right, and has the class begun?")
                if self._heard_s is None
                else _("the board has stopped answering: waiting for it")
            )
            return MemberStatus("waiting", self._title, problem)

    def leave(self) -> None:
        """Stop sharing at once, and forget the keys; safe to call twice."""
        self._end("left")
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(_LEAVE_S)

    def _end(self, how: State) -> None:
        with self._wake:
            self._ended = self._ended or how
            self._answer = None
            self._keys = None
            self._meter, self._seconds = Meter(), deque()
            self._wake.notify_all()

    def _run(self) -> None:
        """Connect, send each answer when it is due, and disconnect."""
        try:
            while self._ended is None and not self._opened:
                self._try_to_open()
            while self._ended is None:
                self._send_what_is_due()
                self._give_up()
        finally:
            self._connection.close()
        if self._ended == "ended":
            self._on_end()

    def _try_to_open(self) -> None:
        try:
            self._connection.open()
        except ClassError as error:
            with self._wake:
                self._problem = str(error)
                self._wake.wait_for(lambda: self._ended is not None, _RETRY_S)
            self._connection = Connection(self._broker, self._connection.topic, self._hear)
        else:
            with self._lock:
                self._opened, self._problem = True, None

    def _send_what_is_due(self) -> None:
        with self._wake:
            now = self._clock.elapsed()
            due_s = 1.0 if self._answer is None else self._answer[0] - now
            if due_s > 0:
                self._wake.wait(min(due_s, 1.0))
                return
            assert self._answer is not None
            message, self._answer = self._answer[1], None
        self._connection.publish(self._members_topic, message)

    def _give_up(self) -> None:
        heard_s = self._began_s if self._heard_s is None else self._heard_s
        if self._clock.elapsed() - heard_s > _GIVE_UP_S:
            self._problem = _("the board has not answered for half an hour")
            self._end("ended")

    def _hear(self, message: bytes) -> None:
        """Take in what came from the broker."""
        with self._wake:
            if self._keys is None:
                return
            try:
                said = self._keys.read(message)
            except OtherVersionError:
                self._problem = _(
                    "the board has another version of Emotion Overlay: update it, or this one"
                )
                return
            except UnreadableError:
                return
            now = self._clock.elapsed()
            if said.interval <= self._interval:
                return
            self._interval = said.interval
            self._title, self._problem, self._heard_s = said.title, None, now
            if said.is_open and now - self._asked_s >= _SOONEST * self._interval_s:
                self._asked_s = now
                answer = self._keys.contribute(said.interval, self._tenths())
                self._answer = (now + random.uniform(0, _SPREAD * self._interval_s), answer)
                self._wake.notify_all()
        if not said.is_open:
            self._end("ended")

    def _tenths(self) -> Tenths:
        """The last ten seconds; called with the lock."""
        now = self._now() - _LATE_S
        self._seconds.extend(self._meter.take(now))
        return tenths_of(s for s in self._seconds if s.time_s > now - 1 - TENTHS)

    def _now(self) -> float:
        return self._clock.elapsed() - self._began_s
