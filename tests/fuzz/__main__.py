"""`make fuzz`: many inputs for every target, spread over the processors; says how far it has come.

    python -m tests.fuzz [--inputs 100000] [--seed 1] [--jobs N] [TARGET...]
    python -m tests.fuzz --replay runs/fuzz/TARGET/0

It can be stopped at any time and goes on from there. Inputs that fail are kept in `runs/fuzz`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.fuzz.campaign import REPOSITORY, Batch, keep, load, names, replay, run_batch

FOLDER = REPOSITORY / "runs" / "fuzz"

#: Inputs a process reads before the next one begins, which is what an interruption loses.
BATCH = 2000


def main() -> None:
    """Run the campaign that the command line asks for; ends with 1 after a violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names()))
    parser.add_argument("--inputs", type=int, default=100_000, help="over all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--replay", type=Path, help="a folder that an earlier campaign kept")
    asked = parser.parse_args()
    if asked.replay:
        sys.exit(_replay(asked.replay))
    sys.exit(_campaign(asked.targets or names(), asked.inputs, asked.seed, asked.jobs))


def _replay(place: Path) -> int:
    batch = replay(place.resolve().parent.name, load(place))
    print(batch.report if batch.failure else "passed")
    return 1 if batch.failure else 0


def _campaign(targets: list[str], inputs: int, seed: int, jobs: int) -> int:
    """Every target's share of the inputs, in batches; the exit code."""
    progress = _Progress(FOLDER / f"seed-{seed}.json")
    share = -(-inputs // len(targets))
    numbers = range(-(-share // BATCH))
    left = [
        (target, number, min(BATCH, share - number * BATCH))
        for number in numbers
        for target in targets
        if not progress.has(target, number)
    ]
    violations = 0
    with ThreadPoolExecutor(jobs) as pool:
        running = {
            pool.submit(run_batch, target, seed=seed * 1_000_000 + number, inputs=size): (
                target,
                number,
            )
            for target, number, size in left
        }
        for done in as_completed(running):
            target, number = running[done]
            batch = done.result()
            violations += _tell(target, batch)
            if batch.failure is None:
                progress.add(target, number, batch)
            print(f"{progress.counts(targets)[0]} inputs, {violations} violations", flush=True)
    for target in targets:
        inputs, read = progress.counts([target])
        print(f"{target:<16}{inputs:>8} inputs, {read:>8} read, {inputs - read:>8} refused")
    print(f"{progress.counts(targets)[0]} inputs with seed {seed}, {violations} violations")
    return 1 if violations else 0


def _tell(target: str, batch: Batch) -> int:
    if batch.failure is None:
        return 0
    place = keep(batch.failure, FOLDER / target)
    (place / "report").write_text(batch.report)
    print(f"{target}: {batch.report}\nkept; again: python -m tests.fuzz --replay {place}")
    return 1


class _Progress:
    """Which batches of a campaign are done, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: dict[str, list[int]] = json.loads(path.read_text()) if path.exists() else {}

    def has(self, target: str, number: int) -> bool:
        return f"{target} {number}" in self._done

    def add(self, target: str, number: int, batch: Batch) -> None:
        self._done[f"{target} {number}"] = [batch.inputs, batch.read]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._done))

    def counts(self, targets: list[str]) -> tuple[int, int]:
        """How many inputs there were, and how many of them were read."""
        done = [counts for name, counts in self._done.items() if name.split()[0] in targets]
        return sum(inputs for inputs, _ in done), sum(read for _, read in done)


if __name__ == "__main__":
    main()
