"""Whether anybody looks: who stays counts, who only glances does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from overlay.on_demand import OnDemand
from overlay.outputs import Output
from overlay.scene import Image
from tests.engine.waiting import until


class Watched(Output):
    """An output that says who looks; every question is noted."""

    name, size = "watched", (2, 2)

    def __init__(self) -> None:
        self.answers: Iterator[bool] | bool = False
        self.asked = 0

    @property
    def watched(self) -> bool:
        self.asked += 1
        if isinstance(self.answers, bool):
            return self.answers
        return next(self.answers)

    def send(self, image: Image) -> None:
        """Nothing looks at frames here."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr("overlay.on_demand.FAREWELL_S", 0.05)
    monkeypatch.setattr("overlay.on_demand.GLANCE_S", 0.3)
    monkeypatch.setattr("overlay.on_demand._LOOK_S", 0.8)  # its last look may be longer ago
    return Watched()


def test_a_glance_wakes_nobody_however_long_it_was_quiet_before(output: Watched) -> None:
    told: list[bool] = []
    watcher = OnDemand(lambda: output, told.append)
    try:
        until(lambda: watcher.resting, "rest")
        output.answers = iter([True, True, *[False] * 1000])
        asked = output.asked
        until(lambda: output.asked > asked + 4, "some looks")
        assert told == [True]
    finally:
        watcher.stop()


def test_who_stays_is_noticed_and_so_is_the_going(output: Watched) -> None:
    told: list[bool] = []
    watcher = OnDemand(lambda: output, told.append)
    try:
        until(lambda: told == [True], "rest")
        output.answers = True
        until(lambda: told == [True, False], "somebody")
        output.answers = False
        until(lambda: told == [True, False, True], "nobody again")
    finally:
        watcher.stop()
    assert told[-1] is False, "nothing rests once nobody watches for viewers"
