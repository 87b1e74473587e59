"""Every file and message that the application reads may be anything: it is read, or refused.

This is the short run. `make fuzz` draws 100,000 inputs, and says how to replay one that fails.
"""

from __future__ import annotations

import sys

import pytest

from tests.fuzz.campaign import names, replay, run_batch
from tests.fuzz.inputs import Input

#: Inputs of the short run, for each target.
INPUTS = 200

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: made-up devices, Unix sockets and /proc are Linux's"
)


@linux_only
@pytest.mark.parametrize("target", names())
def test_whatever_is_read_it_succeeds_or_is_one_line(target: str) -> None:
    batch = run_batch(target, seed=2026, inputs=INPUTS)
    assert batch.failure is None, f"{batch.failure}\n{batch.report}"
    assert batch.inputs >= INPUTS / 2
    assert batch.read > 0, "all were refused, so nothing was tried"


@linux_only
class TestTheFuzzerItself:
    """With a target that fails in every way it must notice."""

    WORST = "tests.fuzz.worst"

    def test_finds_an_input_that_fails_and_makes_it_small(self) -> None:
        batch = run_batch(self.WORST, seed=1, inputs=100)
        assert batch.failure == Input("raises", b"!")
        assert "LookupError" in batch.report

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("raises", "LookupError"),
            ("says nothing", "not one line"),
            ("leaves half a file", "left behind"),
            ("takes memory", "MB of memory"),
            ("crashes", "Segmentation fault"),
            ("hangs", "Timeout"),
        ],
    )
    def test_one_that_is_kept_fails_again(self, name: str, told: str) -> None:
        seconds = 1 if name == "hangs" else 60
        batch = replay(self.WORST, Input(name, b"!"), most_seconds=seconds)
        assert batch.failure == Input(name, b"!")
        assert told in batch.report

    def test_the_same_seed_draws_the_same_inputs(self) -> None:
        one, other = (run_batch(self.WORST, seed=7, inputs=100) for _ in range(2))
        assert one.inputs == other.inputs
