"""Whatever goes wrong in whatever order: no label that is off, no silence, and it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.schedule import draw_schedule
from tests.faults.trial import run_trial

#: How many of the schedules run with every test run; `make faults` runs 2,000.
SEEDS = range(200)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_schedule_of_faults(seed: int, tmp_path: Path) -> None:
    schedule = draw_schedule(seed)
    violations = run_trial(schedule, tmp_path)
    assert not violations, f"{schedule}\n\nagain: make faults ARGS='--seed {seed}'"
