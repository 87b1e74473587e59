"""The stored seconds of a session as a timeline without holes or overlaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from overlay.monitor.records import Second, Session
from overlay.scene import EMOTIONS, UNSURE

#: No face was in view.
ABSENT = "absent"
#: A face was in view that may not have been the student's.
UNIDENTIFIED = "unidentified"
#: The student had paused the recording.
PAUSED = "paused"
#: Nothing was observed though nobody paused: the computer slept, or the camera was lost.
UNOBSERVED = "unobserved"

#: States in which the student's face was in view.
SEEN: tuple[str, ...] = (*EMOTIONS, UNSURE)
#: States in which it was not, as far as is known.
GAPS: tuple[str, ...] = (ABSENT, UNIDENTIFIED, PAUSED, UNOBSERVED)

# A longer step than this between two stored seconds, in seconds, is a hole.
_HOLE_S = 1.5
# A second observed for less than this, in seconds, says nothing.
_LEAST_OBSERVED_S = 0.05


class Span(NamedTuple):
    """A stored second and its place on the timeline, in UTC epoch seconds."""

    start: float
    end: float
    second: Second

    @property
    def state(self) -> str:
        """The state of most of the second: of `SEEN`, `ABSENT`, `UNIDENTIFIED` or `UNOBSERVED`."""
        if self.second.observed_s < _LEAST_OBSERVED_S:
            return UNOBSERVED
        if self.second.present < 0.5:
            anybody = self.second.present + self.second.unidentified
            return ABSENT if anybody < 0.5 else UNIDENTIFIED
        return self.second.label or UNSURE


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the timeline in one state.

    Attributes:
        state: One of `SEEN` or `GAPS`.
        start: UTC epoch seconds.
        end: UTC epoch seconds; the next stretch starts here.
        probability: Mean probability of the expression named by the state, or None for
            `UNSURE` and for gaps.
    """

    state: str
    start: float
    end: float
    probability: float | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start


def place(session: Session, seconds: Sequence[Second]) -> list[Span]:
    """Give each second of a session its place on the timeline.

    The timeline follows the clock that was set when the session began: if the computer's clock was
    changed later, no time appears twice and no hole appears.
    """
    starts = [session.began + second.time_s for second in seconds]
    ends = [b if b - a <= _HOLE_S else a + 1.0 for a, b in pairwise(starts)]
    ends += [start + 1.0 for start in starts[-1:]]
    return [Span(*span) for span in zip(starts, ends, seconds, strict=True)]


def build_timeline(session: Session, spans: Sequence[Span]) -> tuple[Stretch, ...]:
    """The whole session, from beginning to end, as stretches without gaps between them.

    Args:
        session: Whose beginning, end and pauses count.
        spans: Its seconds, from `place`.

    Returns:
        Stretches; neighbours differ in state. Empty for a session without duration.
    """
    timeline = _Tiling()
    position, clock_set = session.began, 0.0
    for span in spans:
        clock_set = span.second.clock - span.start
        if span.start - position > _HOLE_S:
            _fill(timeline, position, span.start, _pauses(session, clock_set))
        timeline.add(span.state, min(position, span.start), span.end, _probability(span))
        position = span.end
    ended = None if session.ended is None else session.ended - clock_set
    if ended is not None and ended - position > _HOLE_S:
        _fill(timeline, position, ended, _pauses(session, clock_set))
    return _end_at(ended, timeline.stretches())


def runs(
    spans: Sequence[Span], holds: Callable[[Span], bool], bridge_s: float = 0.0
) -> list[tuple[float, float]]:
    """When something holds without interruption.

    Args:
        spans: Seconds, from `place`.
        holds: The condition.
        bridge_s: Interruptions up to this long, in seconds, do not count.

    Returns:
        Start and end of each run, in UTC epoch seconds, in order.
    """
    found: list[tuple[float, float]] = []
    for span in spans:
        if not holds(span):
            continue
        if found and span.start - found[-1][1] <= bridge_s + 1e-6:
            found[-1] = found[-1][0], span.end
        else:
            found.append((span.start, span.end))
    return found


def changes_at(spans: Sequence[Span]) -> list[float]:
    """When one named expression followed another while the face stayed in view.

    `UNSURE` in between does not count as an expression; after a gap, counting starts again.
    """
    at: list[float] = []
    last = None
    for span in spans:
        if span.state in GAPS:
            last = None
        elif span.state in EMOTIONS:
            if last is not None and span.state != last:
                at.append(span.start)
            last = span.state
    return at


class _Tiling:
    """Collects stretches; neighbours in the same state become one, with the mean probability."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, float, float]] = []
        self._probabilities: list[list[float]] = []

    def add(self, state: str, start: float, end: float, probability: float | None) -> None:
        known = [] if probability is None else [probability]
        if self._pieces and self._pieces[-1][0] == state:
            self._pieces[-1] = state, self._pieces[-1][1], end
            self._probabilities[-1] += known
            return
        if self._pieces:
            start = self._pieces[-1][2]
        self._pieces.append((state, start, end))
        self._probabilities.append(known)

    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(
            Stretch(state, start, end, sum(known) / len(known) if known else None)
            for (state, start, end), known in zip(self._pieces, self._probabilities, strict=True)
        )


def _pauses(session: Session, clock_set: float) -> list[tuple[float, float]]:
    """The pauses on the timeline, given how far the clock has been changed since the beginning."""
    return [(start - clock_set, end - clock_set) for start, end in sorted(session.pauses)]


def _fill(
    timeline: _Tiling, start: float, end: float, pauses: Sequence[tuple[float, float]]
) -> None:
    """Tile a hole with pauses, and with what lies between them."""
    position = start
    for paused, resumed in pauses:
        paused, resumed = max(paused, position), min(resumed, end)
        if resumed <= paused:
            continue
        if paused - position > _HOLE_S:
            timeline.add(UNOBSERVED, position, paused, None)
            position = paused
        timeline.add(PAUSED, position, resumed, None)
        position = resumed
    if end - position > _HOLE_S or position == start:
        timeline.add(UNOBSERVED, position, end, None)
    elif end > position:
        timeline.add(PAUSED, position, end, None)


def _end_at(ended: float | None, stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The same, with the last stretch cut or extended to the end of the session."""
    if ended is None:
        return stretches
    while len(stretches) > 1 and 0 <= stretches[-1].start - ended < _HOLE_S:
        stretches = stretches[:-1]
    if not stretches or ended <= stretches[-1].start:
        return stretches
    return *stretches[:-1], replace(stretches[-1], end=ended)


def _probability(span: Span) -> float | None:
    """The probability of the expression that the state names, if any."""
    if span.state not in EMOTIONS or span.second.probabilities is None:
        return None
    return span.second.probabilities[EMOTIONS.index(span.state)]
