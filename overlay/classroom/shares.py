"""From a sum to what is shown: shares, rounded so that no step is smaller than one member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overlay.classroom.groups import Sum
from overlay.classroom.states import STATES, TENTHS

#: The steps in which shares are shown, in per cent: the finest that is no finer than one member.
_STEPS = (5, 10, 20)


@dataclass(frozen=True, slots=True)
class Shares:
    """What the board shows of a sum.

    Attributes:
        percent: By state; multiples of `step` that add up to 100.
        step: What shares are rounded to, in per cent.
        members: How many members the sum holds.
    """

    percent: Mapping[str, int]
    step: int
    members: int


def shares_of(total: Sum) -> Shares:
    """Round a sum, by the largest remainder, so that the shares add up to 100 per cent.

    Each share differs from the exact one by less than one step.
    """
    step = next((step for step in _STEPS if step * total.members >= 100), _STEPS[-1])
    units = _apportion(total.tenths, TENTHS * total.members, 100 // step)
    percent = {state: unit * step for state, unit in zip(STATES, units, strict=True)}
    return Shares(percent, step, total.members)


def _apportion(parts: Sequence[int], whole: int, units: int) -> list[int]:
    """Hamilton's method: the quotients, and one more for each of the largest remainders."""
    quotients = [part * units // whole for part in parts]
    remainders = [part * units % whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: units - sum(quotients)]:
        quotients[index] += 1
    return quotients
