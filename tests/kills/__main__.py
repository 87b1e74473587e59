"""Ends many recordings, and the window of a call, at random moments: `make kills`."""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from pathlib import Path

from tests.kills.videos import WAYS, End, end_videos
from tests.kills.windows import GAP_S, Plan, trouble_windows


def main() -> int:
    """End them, print what was not as it must be; how many there were."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=("videos", "window"), help="only these")
    parser.add_argument("--count", type=int, default=50, help="how often in each way")
    parser.add_argument("--seed", type=int, default=0, help="which random moments")
    asked = parser.parse_args()
    # Started in the background of a script, it inherits that Ctrl-C is ignored, and hands it on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    faults = 0
    for kind, end in (("videos", _end_videos), ("window", _trouble_window)):
        if asked.kind in (None, kind):
            began = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="eo-") as folder:  # short, for Unix sockets
                faults += end(asked.count, asked.seed, Path(folder))
            print(f"{kind}: {time.monotonic() - began:.0f} s")
    return faults


def _end_videos(count: int, seed: int, folder: Path) -> int:
    """How many recordings ended badly."""
    ends = end_videos(dict.fromkeys(WAYS, count), folder, seed)
    for way in WAYS:
        _print(way, [end for end in ends if end.way == way])
    return sum(bool(end.faults) for end in ends)


def _print(way: str, ends: list[End]) -> None:
    missing_s = max(end.missing_s for end in ends)
    faults = [fault for end in ends for fault in end.faults]
    print(f"{way}: {len(ends)}, at most {missing_s:.2f} s missing, {len(faults)} faults", *faults)


def _trouble_window(count: int, seed: int, folder: Path) -> int:
    """In how many kinds of trouble a picture was dropped, or came later than in any calm phase."""
    calm, *troubled = trouble_windows(Plan(kills=-(-count // Plan.rounds), seed=seed), folder)
    print(calm, *troubled, sep="\n")
    bearable_s = max(GAP_S, *calm.gaps_s)
    return sum(bool(sent.dropped) or max(sent.gaps_s) > bearable_s for sent in troubled)


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
