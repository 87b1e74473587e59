"""Random schedules of faults and commands; one seed always gives the same one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from tests.faults.faults import KINDS

#: What a user does, and another program that begins or ceases to use the camera.
COMMANDS = (
    *("on-air", "only-me", "off", "panic", "pause", "resume", "source", "output", "size", "bars"),
    *("show", "hide", "observe", "record", "detach", "unused", "used"),
)

_ROOMS = tuple(KINDS)


@dataclass(frozen=True)
class Event:
    """One thing that happens.

    Attributes:
        do: Whether a fault begins or ends, the user does something, or the clock jumps.
        what: The fault's kind, the command, or the jump in seconds.
        room: Of the fault.
        wait_s: How long nothing happens after it.
        look: Whether the trial then looks whether all is as it must be.
    """

    do: Literal["begin", "end", "command", "clock"]
    what: str
    room: str = ""
    wait_s: float = 0.0
    look: bool = True

    def __str__(self) -> str:
        place = f" in {self.room}" if self.room else ""
        return f"{self.do} {self.what}{place}" + (", look" if self.look else "")


@dataclass(frozen=True)
class Schedule:
    """What happens in one trial.

    Attributes:
        seed: What it was drawn from; the devices draw from it, too.
        mode: What the application starts with.
        output: Whether the output is a camera or a video file.
        before: Faults that are there when the application starts.
        events: What happens then.
        ends: Whether the application is stopped in the middle of all that, or after all faults
            are over and everything has recovered.
    """

    seed: int
    mode: str
    output: Literal["camera", "file"]
    before: tuple[Event, ...]
    events: tuple[Event, ...]
    ends: Literal["amid", "recovered"]

    def __str__(self) -> str:
        start = f"seed {self.seed}: starts in {self.mode} with a {self.output}"
        lines = [start, *(f"  before: {event}" for event in self.before)]
        lines += [f"  {event}" for event in self.events]
        return "\n".join([*lines, f"  stopped {self.ends}"])


def draw_schedule(seed: int) -> Schedule:
    """The schedule of a seed."""
    draw = random.Random(seed)
    return Schedule(
        seed=seed,
        mode=draw.choice(["on-air", "on-air", "only-me", "off"]),
        output="file" if draw.random() < 0.15 else "camera",
        before=tuple(_fault(draw) for _ in range(draw.choice([0, 0, 0, 1, 2]))),
        events=tuple(_event(draw) for _ in range(draw.randint(3, 8))),
        ends="amid" if draw.random() < 0.3 else "recovered",
    )


def _event(draw: random.Random) -> Event:
    chance = draw.random()
    if chance < 0.45:
        return _fault(draw)
    wait_s, look = _after(draw)
    if chance < 0.6:
        return Event("end", "what is wrong", draw.choice(_ROOMS), wait_s, look)
    if chance < 0.64:
        return Event("clock", str(draw.choice([0.3, 2.0, 60.0, 1e5])), "", wait_s, look)
    return Event("command", draw.choice(COMMANDS), "", wait_s, look)


def _fault(draw: random.Random) -> Event:
    room = draw.choice(_ROOMS)
    return Event("begin", draw.choice(KINDS[room]), room, *_after(draw))


def _after(draw: random.Random) -> tuple[float, bool]:
    return draw.choice([0.0, 0.0, 0.005, 0.03]), draw.random() < 0.5
