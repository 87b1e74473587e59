"""Ends many recording applications at random moments: `python -m tests.kills`, or `make kills`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.kills.videos import WAYS, End, end_videos


def main() -> int:
    """End them, print what was not as it must be; how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="how many recordings end in each way")
    parser.add_argument("--seed", type=int, default=0, help="which random moments")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:  # short, for Unix sockets
        ends = end_videos(dict.fromkeys(WAYS, asked.count), Path(folder), asked.seed)
    for way in WAYS:
        _print(way, [end for end in ends if end.way == way])
    print(f"{len(ends)} recordings in {time.monotonic() - began:.0f} s")
    return sum(bool(end.faults) for end in ends)


def _print(way: str, ends: list[End]) -> None:
    missing_s = max(end.missing_s for end in ends)
    faults = [fault for end in ends for fault in end.faults]
    print(f"{way}: {len(ends)}, at most {missing_s:.2f} s missing, {len(faults)} faults", *faults)


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
