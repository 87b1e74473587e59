"""What the window costs: `python -m tests.gui.cost`, on a desktop of its own (Linux).

A call of 720p at 30 frames a second with one face, and the window in turn closed and open. CPU
time is that of the application and all processes that it has started, memory their proportional
share (PSS); the X server, which every program on a desktop uses, does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from overlay.control import ask
from tests.kills.running import Call, run_call
from tests.processes import child_processes

#: How long to wait after a change, in seconds.
_SETTLING_S = 3.0

_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and print one line for each mode."""
    parser = argparse.ArgumentParser(prog="python -m tests.gui.cost", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long each time")
    parser.add_argument("--rounds", type=int, default=3, help="how often closed, then open")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="eo-") as folder,
        run_call(Path(folder), size=(1280, 720), fps=30) as call,
    ):
        call.show_window()
        for mode in ("on-air", "only-me", "off"):
            ask("mode", mode)
            print(f"{mode}: {_compare(call, asked.rounds, asked.seconds)}", flush=True)


def _compare(call: Call, rounds: int, seconds: float) -> str:
    closed, opened, memory = [], [], 0.0
    for _ in range(rounds):
        call.close_window()
        closed.append(_cpu(call.pid, seconds))
        call.show_window()
        opened.append(_cpu(call.pid, seconds))
        memory = max(memory, sum(map(_pss_mib, _tree(call.pid))))
    more = statistics.mean(opened) - statistics.mean(closed)
    figures = (" ".join(f"{100 * each:.1f}" for each in cpu) for cpu in (closed, opened))
    percent = "% closed, ".join(figures)
    return f"{percent}% open: {100 * more:+.1f}% of a core; {memory:.0f} MiB open"


def _cpu(pid: int, seconds: float) -> float:
    """CPU seconds a second of a process and all that it has started."""
    time.sleep(_SETTLING_S)
    began, before = time.monotonic(), _cpu_s(pid)
    time.sleep(seconds)
    return (_cpu_s(pid) - before) / (time.monotonic() - began)


def _cpu_s(pid: int) -> float:
    def own(pid: int) -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])  # utime, stime: proc(5)

    return sum(map(own, _tree(pid))) / _TICKS


def _pss_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _tree(pid: int) -> list[int]:
    return [pid, *(each for child in child_processes(pid) for each in _tree(child))]


if __name__ == "__main__":
    main()
