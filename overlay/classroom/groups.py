"""Who is in the sum: members come in and go out in whole groups of five or more.

A group is formed once and never changed. It is in the sum of an interval if every one of its
members has sent something for it, and otherwise nobody of it is. So in everything that is shown,
at one time or over the whole lesson, the members of a group can be exchanged for one another, and
nobody who sees it can tell them apart. docs/CLASS.md has the argument, and what it does not cover.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from overlay.classroom.states import Tenths

#: The fewest members of a group. There are at most nine: more than that are two groups.
LEAST = 5

#: How many intervals newcomers wait for more of them, once there are enough for a group.
_MOST_WAITED = 2

M = TypeVar("M", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of an interval.

    Attributes:
        tenths: By state, of all members in it; they add up to ten times `members`.
        members: How many they are.
    """

    tenths: Tenths
    members: int


class Groups(Generic[M]):
    """The groups of a class.

    Args:
        chance: Puts newcomers into groups; the system's by default.

    Example:
        >>> groups = Groups()
        >>> happy = (0, 10, 0, 0, 0, 0, 0, 0, 0)
        >>> for _ in range(2):
        ...     total = groups.step({name: happy for name in "abcde"})
        >>> total.tenths[1], total.members
        (50, 5)
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.SystemRandom()
        self._groups: list[frozenset[M]] = []
        self._grouped: set[M] = set()
        self._newcomers: frozenset[M] = frozenset()
        self._waited = 0

    def step(self, contributions: Mapping[M, Tenths]) -> Sum | None:
        """Take in one interval.

        Args:
            contributions: Of every member who has sent something for it.

        Returns:
            The sum of the groups that are complete, or None if none is.
        """
        self._form(frozenset(contributions.keys() - self._grouped))
        complete = [group for group in self._groups if group <= contributions.keys()]
        rows = [contributions[member] for group in complete for member in group]
        return Sum(tuple(map(sum, zip(*rows, strict=True))), len(rows)) if rows else None

    def _form(self, newcomers: frozenset[M]) -> None:
        """Make groups of all newcomers, once they are enough and no more of them come."""
        settled = newcomers == self._newcomers or self._waited >= _MOST_WAITED
        self._newcomers = newcomers
        if len(newcomers) < LEAST:
            self._waited = 0
        elif not settled:
            self._waited += 1
        else:
            self._groups += _parted(self._chance.sample(list(newcomers), len(newcomers)))
            self._grouped |= newcomers
            self._newcomers, self._waited = frozenset(), 0


def _parted(members: Sequence[M]) -> list[frozenset[M]]:
    """As many groups of at least `LEAST` as can be, of about the same size."""
    count = len(members) // LEAST
    return [frozenset(members[start::count]) for start in range(count)]
