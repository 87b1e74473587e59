"""Made-up members whose lives the tests know, on a real connection and with the real protocol."""

from __future__ import annotations

import random
from collections.abc import Callable

from overlay.classroom.codes import Broker
from overlay.classroom.member import Member
from overlay.classroom.states import STATES, TENTHS, Tenths

#: How long an interval is in the tests, in seconds.
INTERVAL_S = 0.8


class MadeUpMember(Member):
    """Sends what `life` gives, and notes what it was for each interval."""

    def __init__(
        self, code: str, broker: Broker, life: Callable[[], Tenths], interval_s: float = INTERVAL_S
    ) -> None:
        super().__init__(code, broker, interval_s=interval_s)
        self._life = life
        self.sent: dict[int, Tenths] = {}

    def _tenths(self) -> Tenths:
        return self.sent.setdefault(self._interval, self._life())


def changing(chance: random.Random) -> Callable[[], Tenths]:
    """A life in which every ten seconds are another mixture."""

    def life() -> Tenths:
        states = [chance.randrange(len(STATES)) for _ in range(TENTHS)]
        return tuple(states.count(index) for index in range(len(STATES)))

    return life
