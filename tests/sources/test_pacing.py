from __future__ import annotations

import pytest

from overlay.sources import pacing


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when the pacer sleeps or the test says so."""

    class Clock:
        now = 100.0
        slept = 0.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds
            self.slept += seconds

    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def test_frames_come_on_schedule_whatever_the_work_between_them(clock):
    pacer = pacing.Pacer()
    times = []
    for n in range(300):
        times.append(pacer.wait(n / 30))
        clock.now += 0.011
    assert times == pytest.approx([100 + n / 30 for n in range(300)])


def test_after_a_short_stall_frames_catch_up(clock):
    pacer = pacing.Pacer()
    pacer.wait(0)
    clock.now += 0.4
    late = [pacer.wait(n / 10) for n in range(1, 7)]
    assert late == pytest.approx([100.4, 100.4, 100.4, 100.4, 100.5, 100.6])


def test_after_a_long_stall_the_schedule_starts_anew_without_a_burst(clock):
    pacer = pacing.Pacer()
    pacer.wait(0)
    clock.now += 60
    late = [pacer.wait(n / 10) for n in range(1, 4)]
    assert late == pytest.approx([160, 160.1, 160.2])


def test_the_first_frame_is_never_held_back(clock):
    assert pacing.Pacer().wait(7.5) == 100
    assert clock.slept == 0
