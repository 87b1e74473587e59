from __future__ import annotations

import pytest

from training.config import Config
from training.schedule import REDUCTION, Schedule


def test_the_cosine_rises_and_falls_to_zero() -> None:
    schedule = Schedule(Config(epochs=10, warmup_epochs=1), steps_per_epoch=10)
    factors = [schedule.factor(step) for step in range(100)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == factors[9] == pytest.approx(1)
    assert factors[-1] < 0.001
    assert factors[9:] == sorted(factors[9:], reverse=True)


def test_a_plateau_reduces_the_rate_after_its_patience() -> None:
    schedule = Schedule(Config(epochs=10, schedule="plateau", patience=2), steps_per_epoch=1)
    found = []
    for score in (1, 2, 2, 1, 3, 3, 3, 3, 3):
        schedule.epoch_ended(score)
        found.append(schedule.factor(50))
    low = REDUCTION
    assert found == pytest.approx([1, 1, 1, low, low, low, low**2, low**2, low**3])


def test_early_stopping_waits_for_a_new_best() -> None:
    schedule = Schedule(Config(epochs=10, early_stopping=2), steps_per_epoch=1)
    stops = []
    for score in (5, 4, 6, 5, 6):
        schedule.epoch_ended(score)
        stops.append(schedule.stalled)
    assert stops == [False, False, False, False, True]


def test_without_early_stopping_a_run_never_stalls() -> None:
    schedule = Schedule(Config(epochs=10), steps_per_epoch=1)
    for _ in range(9):
        schedule.epoch_ended(0)
    assert not schedule.stalled


def test_a_checkpoint_keeps_its_state() -> None:
    config = Config(epochs=10, schedule="plateau", patience=2, early_stopping=9)
    schedule, other = Schedule(config, 1), Schedule(config, 1)
    for score in (3, 2, 1, 0):
        schedule.epoch_ended(score)
    other.load(schedule.state())
    schedule.epoch_ended(1)
    other.epoch_ended(1)
    assert other.state() == schedule.state()
    assert other.factor(7) == schedule.factor(7)
