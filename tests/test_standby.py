"""Whether anybody looks: who stays counts, who only glances does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from overlay.outputs import Output
from overlay.scene import Image
from overlay.standby import Standby
from tests.engine.waiting import until


class CameraInUse(Output):
    """An output that says who looks; every question is noted."""

    name, size = "virtual camera", (2, 2)

    def __init__(self) -> None:
        self.answers: Iterator[bool] | bool = False
        self.asked = 0

    @property
    def in_use(self) -> bool:
        self.asked += 1
        if isinstance(self.answers, bool):
            return self.answers
        return next(self.answers)

    def send(self, image: Image) -> None:
        """Nothing looks at frames here."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> CameraInUse:
    monkeypatch.setattr("overlay.standby.FAREWELL_S", 0.05)
    monkeypatch.setattr("overlay.standby.GLANCE_S", 0.3)
    monkeypatch.setattr("overlay.standby._LOOK_S", 0.8)  # its last look may be longer ago
    return CameraInUse()


def test_a_glance_wakes_nobody_however_long_it_was_quiet_before(output: CameraInUse) -> None:
    told: list[bool] = []
    standby = Standby(lambda: output, told.append)
    try:
        until(lambda: standby.active, "standby")
        output.answers = iter([True, True, *[False] * 1000])
        asked = output.asked
        until(lambda: output.asked > asked + 4, "some looks")
        assert told == [True]
    finally:
        standby.stop()


def test_who_stays_is_noticed_and_so_is_the_going(output: CameraInUse) -> None:
    told: list[bool] = []
    standby = Standby(lambda: output, told.append)
    try:
        until(lambda: told == [True], "rest")
        output.answers = True
        until(lambda: told == [True, False], "somebody")
        output.answers = False
        until(lambda: told == [True, False, True], "nobody again")
    finally:
        standby.stop()
    assert told[-1] is False, "nothing rests once nobody watches for viewers"
