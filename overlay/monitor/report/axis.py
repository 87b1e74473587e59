"""The time axis that a session's charts share, and the session cut into slices along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from overlay.monitor.timeline import GAPS, SEEN, Stretch
from overlay.monitor.wording import clock_time

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps clock times to horizontal positions.

    Attributes:
        start: UTC epoch seconds at `left`.
        end: UTC epoch seconds at `right`.
        left: In the chart's units.
        right: In the chart's units.
        utc_offset_s: Local time minus UTC.
        most_ticks: How many round times fit in it.
    """

    start: float
    end: float
    left: float
    right: float
    utc_offset_s: int
    most_ticks: int = 9

    def x(self, clock: float) -> float:
        """Where a time lies, in the chart's units."""
        part = (clock - self.start) / max(self.end - self.start, 1e-9)
        return self.left + min(max(part, 0.0), 1.0) * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        """Round local times, with their names."""
        step = step_for(self.end - self.start, self.most_ticks)
        first = -(-(self.start + self.utc_offset_s) // step) * step - self.utc_offset_s
        count = int((self.end - first) // step) + 1
        times = [first + index * step for index in range(max(count, 0))]
        return [(t, clock_time(t, self.utc_offset_s, seconds=step < 60)) for t in times]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the timeline with how long each state lasted in it, in seconds."""

    start: float
    end: float
    state_s: Mapping[str, float]

    @property
    def seen_s(self) -> float:
        """Seconds with a face in view."""
        return sum(self.state_s.get(label, 0.0) for label in SEEN)

    @property
    def gap(self) -> str | None:
        """The state that fills the slice if no face was in view for most of it, else None."""
        longest = max(GAPS, key=lambda state: self.state_s.get(state, 0.0))
        gaps_s = sum(self.state_s.get(state, 0.0) for state in GAPS)
        return longest if gaps_s > self.seen_s else None

    def share(self, label: str) -> float:
        """How much of the time in view the face looked so, 0 to 1."""
        return self.state_s.get(label, 0.0) / self.seen_s if self.seen_s else 0.0


def step_for(seconds: float, most: int) -> int:
    """The shortest round step that divides a duration into no more parts than this.

    Whole days at last: where the clock or the file was damaged, a session can seem to last years.
    """
    day = _STEPS_S[-1]
    return next(
        (step for step in _STEPS_S if seconds / step <= most), day * -int(-seconds // (day * most))
    )


def cut(timeline: Sequence[Stretch], most: int) -> list[Slice]:
    """Cut a timeline into slices of a round length, from its start; the last may be shorter."""
    if not timeline:
        return []
    start, end = timeline[0].start, timeline[-1].end
    step = step_for(end - start, most)
    totals: list[dict[str, float]] = [{} for _ in range(max(1, -int((start - end) // step)))]
    for stretch in timeline:
        position = stretch.start
        while position < stretch.end:
            index = min(int((position - start) // step), len(totals) - 1)
            until = min(stretch.end, start + (index + 1) * step)
            if until <= position:
                break
            totals[index][stretch.state] = totals[index].get(stretch.state, 0.0) + until - position
            position = until
    return [
        Slice(start + index * step, min(end, start + (index + 1) * step), state_s)
        for index, state_s in enumerate(totals)
    ]


def shares_of(slices: Sequence[Slice], runs: Sequence[tuple[float, float]]) -> list[float]:
    """How much of each slice's time in view lies in sorted runs, 0 to 1."""
    shares = []
    first = 0
    for piece in slices:
        while first < len(runs) and runs[first][1] <= piece.start:
            first += 1
        covered = 0.0
        for start, end in islice(runs, first, None):
            if start >= piece.end:
                break
            covered += min(end, piece.end) - max(start, piece.start)
        shares.append(min(1.0, covered / piece.seen_s) if piece.seen_s else 0.0)
    return shares
