"""What the board keeps of a lesson: what it has shown, and the teacher's marks. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from overlay.classroom.shares import Shares
from overlay.classroom.states import INTERVAL_S, STATES

#: How many intervals are compared with as many before them, and the least difference that counts,
#: in per cent of the class.
_COMPARED, _MUCH = 3, 25

#: For how many intervals after a change no other one is told.
_QUIET = 6


@dataclass(frozen=True, slots=True)
class Row:
    """What the board has shown for one interval.

    Attributes:
        clock: Its end, in UTC epoch seconds.
        sharing: How many shared.
        shares: What was shown of them; None if that was nothing but their number.
    """

    clock: float
    sharing: int
    shares: Shares | None


@dataclass(frozen=True, slots=True)
class TeacherMark:
    """A moment that the teacher has marked.

    Attributes:
        clock: When, in UTC epoch seconds.
        note: In their words; may be empty.
    """

    clock: float
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """A moment when much changed.

    Attributes:
        clock: When, in UTC epoch seconds.
        state: What changed most.
        before: Its mean share in the half minute before, in per cent.
        after: And in the half minute that began then.
    """

    clock: float
    state: str
    before: int
    after: int


@dataclass(slots=True)
class Lesson:
    """A lesson so far.

    Attributes:
        title: The teacher's title.
        began: In UTC epoch seconds.
        utc_offset_s: Local time minus UTC.
        rows: One for each interval, in order.
        marks: In order.
    """

    title: str
    began: float
    utc_offset_s: int
    rows: list[Row] = field(default_factory=list)
    marks: list[TeacherMark] = field(default_factory=list)

    @property
    def end(self) -> float:
        """The end of the last interval, in UTC epoch seconds."""
        return self.rows[-1].clock if self.rows else self.began


def find_changes(rows: Sequence[Row]) -> list[Change]:
    """The moments when much changed: half a minute compared with the one before it.

    Of neighbouring times, the one with the largest difference counts.
    """
    differences = [_difference(rows, index) for index in range(len(rows) + 1)]
    changes: list[Change] = []
    quiet_until = 0
    for index, (size, change) in enumerate(differences):
        largest = max(other for other, _ in differences[index : index + _COMPARED])
        if change is not None and size == largest and size >= _MUCH and index >= quiet_until:
            changes.append(change)
            quiet_until = index + _QUIET
    return changes


def _difference(rows: Sequence[Row], index: int) -> tuple[float, Change | None]:
    """How much changed before a row, in per cent of the class, and in which state."""
    before, after = rows[max(index - _COMPARED, 0) : index], rows[index : index + _COMPARED]
    if len(before) < _COMPARED or len(after) < _COMPARED or _broken([*before, *after]):
        return 0.0, None
    means = {state: (_mean(before, state), _mean(after, state)) for state in STATES}
    # What is not neutral comes first where both changed as much.
    state = max(reversed(STATES), key=lambda name: abs(means[name][1] - means[name][0]))
    old, new = means[state]
    return abs(new - old), Change(before[-1].clock, state, round(old), round(new))


def _broken(rows: Sequence[Row]) -> bool:
    """Whether something is missing between or in these rows."""
    gap = rows[-1].clock - rows[0].clock > 2 * INTERVAL_S * len(rows)
    return gap or any(row.shares is None for row in rows)


def _mean(rows: Sequence[Row], state: str) -> float:
    return sum(row.shares.percent[state] for row in rows if row.shares) / len(rows)
