"""Many random schedules of faults: `python -m tests.faults`, or `make faults`."""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from pathlib import Path

from tests.faults.schedule import draw_schedule
from tests.faults.trial import run_trial


def main() -> int:
    """Run them, print those with a violation and how to run each again; how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many schedules")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, and print what happens in it")
    asked = parser.parse_args()
    logging.disable()
    seeds = range(asked.first, asked.first + asked.count)
    if asked.seed is not None:
        seeds = range(asked.seed, asked.seed + 1)
        print(draw_schedule(asked.seed))
    began = time.perf_counter()
    failed = [seed for seed in seeds if not _passes(seed)]
    took_s = time.perf_counter() - began
    print(f"{len(seeds)} schedules in {took_s:.0f} s, {len(failed)} with a violation", *failed)
    return len(failed)


def _passes(seed: int) -> bool:
    schedule = draw_schedule(seed)
    with tempfile.TemporaryDirectory(prefix="emotion-overlay-") as folder:
        violations = run_trial(schedule, Path(folder))
    if violations:
        print(schedule, *violations, f"again: make faults ARGS='--seed {seed}'", "", sep="\n")
    return not violations


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
