"""A class at a real broker, for tests."""

from __future__ import annotations

import random
import threading

import pytest

from overlay.classroom.codes import Broker
from overlay.classroom.lesson import Row
from overlay.classroom.running import RunningClass, new_class
from overlay.classroom.states import STATES, TENTHS
from tests.classroom.members import INTERVAL_S, MadeUpMember, changing
from tests.waiting import until


class Lesson:
    """A class with its board and made-up members, driven interval by interval."""

    def __init__(self, broker: Broker) -> None:
        self.chance = random.Random(19)
        self.broker = broker
        self.running = RunningClass(new_class("Physics, lesson 4", broker), interval_s=INTERVAL_S)
        self.running.start()
        self.members: list[MadeUpMember] = []
        self.never = threading.Event()

    def join(self, count: int) -> list[MadeUpMember]:
        new = [
            MadeUpMember(self.running.code, self.broker, changing(self.chance))
            for _ in range(count)
        ]
        for member in new:
            member.start()
        self.members += new
        until(lambda: all(m.status().state == "waiting" for m in new), "they are connected")
        return new

    def interval(self) -> Row:
        row = self.running.run_interval(self.never.wait)
        assert row is not None
        return row

    def interval_with(self, sharing: int, shown: int | None = None) -> Row:
        """The first interval in which so many share, and the sum is of so many.

        On a busy machine some intervals end before everybody has answered.
        """
        for _ in range(12):
            row = self.interval()
            members = 0 if row.shares is None else row.shares.members
            if row.sharing == sharing and shown in (None, members):
                return row
        pytest.fail(f"never {sharing} sharing, {shown} shown: {self.running.board.lesson.rows}")

    def check(self, row: Row, missing: set[MadeUpMember] = frozenset()) -> None:  # type: ignore[assignment]
        """See that shares of everybody are the truth within rounding."""
        asked = self.running.board.interval
        sent = [m.sent[asked] for m in self.members if asked in m.sent and m not in missing]
        assert row.shares is not None
        assert row.shares.members == len(sent)
        for state, parts in zip(STATES, zip(*sent, strict=True), strict=True):
            exact = 100 * sum(parts) / (TENTHS * len(sent))
            assert abs(row.shares.percent[state] - exact) < row.shares.step

    def close(self) -> None:
        for member in self.members:
            member.leave()
        self.running.close()
