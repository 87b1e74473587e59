"""A real virtual camera, read by real programs: what `run.py` saw, one test a machine."""

from __future__ import annotations

import pytest

from tests.system.run import SCENARIOS, VERSIONS, Trial, missing_packages, obstacle, run

# The first test builds kernel and modules where there is no cache, and waits for all machines.
pytestmark = [pytest.mark.system, pytest.mark.timeout(3000)]


@pytest.fixture(scope="module")
def trials() -> dict[tuple[str, str], Trial]:
    if reason := obstacle():
        pytest.skip(f"PLATFORM: {reason}")
    if reason := missing_packages():
        pytest.fail(reason)
    return {(trial.version, trial.scenario): trial for trial in run()}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_reader_sees_what_it_should(trials, version, scenario):
    cells = trials[version, scenario].cells
    assert cells
    assert not [cell for cell in cells if cell["faults"]]
