"""What is counted: the states of a face, and ten seconds of them in tenths."""

from __future__ import annotations

from collections.abc import Iterable

from overlay.monitor.records import Second
from overlay.monitor.timeline import ABSENT
from overlay.scene import UNSURE

#: What somebody's face can be counted as, in the order of charts, tables and messages.
STATES: tuple[str, ...] = (
    *("neutral", "happy", "surprise", "sad", "fear", "angry", "disgust"),
    *(UNSURE, ABSENT),
)

#: How long the time that one contribution is about lasts, in seconds.
INTERVAL_S = 10

#: A contribution's parts.
TENTHS = 10

#: How many tenths of an interval each of `STATES` took; they add up to `TENTHS`.
Tenths = tuple[int, ...]


def tenths_of(seconds: Iterable[Second]) -> Tenths:
    """Ten seconds as a contribution: each second counts as the state that filled most of it.

    Args:
        seconds: The newest seconds; of more than ten, the last ten count. Those that are missing
            count as without a face in view.
    """
    counts = dict.fromkeys(STATES, 0)
    for second in list(seconds)[-TENTHS:]:
        counts[_state(second)] += 1
    counts[ABSENT] += TENTHS - sum(counts.values())
    return tuple(counts.values())


def _state(second: Second) -> str:
    if second.present < 0.5:
        return ABSENT
    return second.label if second.label in STATES else UNSURE
