"""Kills, stops and confuses the window's process, and looks at what the call is sent meanwhile.

Calm phases, with the window open and nothing done to it, come in between: what gaps there are in
these are the machine's own.
"""

from __future__ import annotations

import os
import random
import signal
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from overlay.gui import frames
from tests.kills.running import Call, run_call
from tests.waiting import until

#: A longer time between two pictures of the call is a gap that people notice, in seconds.
GAP_S = 0.1

#: A window is killed at most so long after its process began, which takes a second to open it.
_LATEST_S = 3.0

#: How often garbage is written, in seconds.
_GARBAGE_EVERY_S = 0.02


@dataclass(frozen=True)
class Plan:
    """What is done in each round, a calm phase before it.

    Attributes:
        rounds: How many rounds there are.
        kills: How often the window is killed in a round.
        calm_s: How long a calm phase is, in seconds.
        stopped_s: How long the window is stopped in a round.
        garbage_s: How long garbage is written into its memory in a round.
        size: Of the video, in pixels.
        fps: Its rate.
        seed: Which random moments and garbage.
    """

    rounds: int = 5
    kills: int = 10
    calm_s: float = 30.0
    stopped_s: float = 10.0
    garbage_s: float = 10.0
    size: tuple[int, int] = (1280, 720)
    fps: float = 30.0
    seed: int = 0


@dataclass(frozen=True)
class Sent:
    """What the call was sent during all phases of a kind.

    Attributes:
        kind: `calm`, `killed`, `stopped` or `garbage`.
        gaps_s: The times between one picture and the next, in seconds.
        dropped: How many numbers are missing.
    """

    kind: str
    gaps_s: tuple[float, ...]
    dropped: int

    def __str__(self) -> str:
        if not self.gaps_s:
            return f"{self.kind}: nothing was sent"
        p50, p99, p999, longest = 1000 * np.percentile(self.gaps_s, [50, 99, 99.9, 100])
        gaps = sum(gap > GAP_S for gap in self.gaps_s)
        return (
            f"{self.kind}: {len(self.gaps_s)} pictures, {self.dropped} dropped, "
            f"{gaps} gaps over {1000 * GAP_S:.0f} ms; between two pictures "
            f"{p50:.1f} ms (p50), {p99:.1f} (p99), {p999:.1f} (p99.9), {longest:.1f} (longest)"
        )


def trouble_windows(plan: Plan, folder: Path) -> list[Sent]:
    """Run the application on a desktop of its own and make trouble for its call.

    Args:
        plan: How much trouble.
        folder: An empty one, with a short path.

    Returns:
        What the call was sent in each kind of phase, `calm` first.
    """
    with run_call(folder, size=plan.size, fps=plan.fps) as call:
        phases = list(_phases(plan, call))
    return _sort(call.sent(), phases)


_Phase = tuple[str, float, float]


def _phases(plan: Plan, call: Call) -> Iterator[_Phase]:
    """Make trouble; the kind, the beginning and the end of each phase."""
    draw = random.Random(plan.seed)
    troubles: dict[str, Callable[[], None]] = {
        "killed": lambda: _kill(plan, call, draw),
        "stopped": lambda: _stop(plan, call),
        "garbage": lambda: _confuse(plan, call, draw),
    }
    for _ in range(plan.rounds):
        for kind, make_trouble in troubles.items():
            call.show_window()
            yield _timed("calm", lambda: time.sleep(plan.calm_s / len(troubles)))
            yield _timed(kind, make_trouble)


def _timed(kind: str, act: Callable[[], None]) -> _Phase:
    began_s = time.monotonic()
    act()
    return kind, began_s, time.monotonic()


def _kill(plan: Plan, call: Call, draw: random.Random) -> None:
    for _ in range(plan.kills):
        pid = call.start_window()
        time.sleep(draw.uniform(0, _LATEST_S))
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: call.window() != pid, "the loss is noticed")
    call.show_window()


def _stop(plan: Plan, call: Call) -> None:
    pid = call.show_window()
    os.kill(pid, signal.SIGSTOP)
    time.sleep(plan.stopped_s)
    os.kill(pid, signal.SIGCONT)
    call.show_window()


def _confuse(plan: Plan, call: Call, draw: random.Random) -> None:
    """Write garbage where the application and the window tell each other about pictures."""
    end_s = time.monotonic() + plan.garbage_s
    while time.monotonic() < end_s:
        call.start_window()
        if (memory := call.memory()) is not None:
            with suppress(FileNotFoundError), memory.open("r+b") as file:
                file.write(_garbage(draw))
        time.sleep(_GARBAGE_EVERY_S)


def _garbage(draw: random.Random) -> bytes:
    numbers = [
        draw.choice((0, -1, draw.randrange(2000), draw.getrandbits(63)))
        for _ in range(frames._NUMBERS)
    ]
    return array("q", numbers).tobytes() + draw.randbytes(frames._TEXT_BYTES)


def _sort(sent: list[tuple[int, float]], phases: list[_Phase]) -> list[Sent]:
    """What was sent in each kind of phase; a gap belongs to the phase in which it ends."""
    kinds: dict[str, tuple[list[float], list[int]]] = {kind: ([], []) for kind, _, _ in phases}
    for (number, at), (next_number, next_at) in pairwise(sent):
        for kind, began_s, ended_s in phases:
            if began_s <= next_at < ended_s:
                kinds[kind][0].append(next_at - at)
                kinds[kind][1].append(next_number - number - 1)
    return [Sent(kind, tuple(gaps), sum(holes)) for kind, (gaps, holes) in kinds.items()]
