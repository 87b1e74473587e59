"""An adversary with everything that a class betrays does not find out about anybody.

They know who is in which group, who was there in each interval, and every exact sum, which is more
than the board shows. Their best attack on sums is linear algebra, on the assumption that hurts
most: that nobody's face changes all lesson, so that two sums differ only by who came or went.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from overlay.classroom.groups import Groups
from overlay.classroom.states import STATES, TENTHS, Tenths

INTERVALS, MEMBERS = 60, 24


def still_lives(chance: random.Random) -> dict[int, Tenths]:
    """Everybody in one state all lesson; neutral is the most frequent, as in life."""
    weights = [5, *[1] * (len(STATES) - 1)]
    states = chance.choices(range(len(STATES)), weights, k=MEMBERS)
    return {
        member: tuple(TENTHS * (index == state) for index in range(len(STATES)))
        for member, state in enumerate(states)
    }


def lesson(seed: int) -> tuple[dict[int, Tenths], np.ndarray, np.ndarray, list[frozenset[int]]]:
    """A lesson in which members come late, drop out, return and leave.

    Returns:
        The truth; which members each shown sum holds, [sums, members]; the sums, [sums, states];
        and the groups.
    """
    chance = random.Random(seed)
    truth = still_lives(chance)
    groups: Groups[int] = Groups(chance)
    there = set(chance.sample(range(MEMBERS), 12))
    holds, sums = [], []
    for _ in range(INTERVALS):
        for member in range(MEMBERS):
            if chance.random() < (0.02 if member in there else 0.15):
                there ^= {member}
        total = groups.step({member: truth[member] for member in there})
        if total is not None:
            counted = {m for group in groups._groups if group <= there for m in group}
            assert len(counted) == total.members
            holds.append([member in counted for member in range(MEMBERS)])
            sums.append(total.tenths)
    return truth, np.array(holds, float), np.array(sums, float), groups._groups


@pytest.mark.parametrize("seed", range(30))
def test_solving_for_every_member_finds_nothing_but_the_averages_of_groups(seed: int) -> None:
    _, holds, sums, groups = lesson(seed)
    if not len(sums):
        return
    # The least-squares solution of smallest norm: whatever sums determine about members.
    guess = np.linalg.lstsq(holds, sums, rcond=None)[0]
    for group in groups:
        members = sorted(group)
        spread = np.abs(guess[members] - guess[members].mean(axis=0)).max()
        assert spread < 1e-6, "two members of a group can be told apart"


def test_the_best_guess_about_a_member_is_no_better_than_from_the_average_of_five() -> None:
    """Counted over many lessons, against who is told the true average of each member's group."""
    hits = hits_of_average = tried = 0
    for seed in range(40):
        truth, holds, sums, groups = lesson(seed)
        if not len(sums):
            continue
        guess = np.linalg.lstsq(holds, sums, rcond=None)[0]
        for group in groups:
            average = np.mean([truth[member] for member in group], axis=0)
            for member in group:
                tried += 1
                hits += truth[member][int(np.argmax(guess[member].round(6)))] > 0
                hits_of_average += truth[member][int(np.argmax(average))] > 0
    assert tried > 500
    assert hits <= hits_of_average


def test_the_attack_finds_people_where_there_are_no_groups() -> None:
    """So that the tests above cannot pass because the attack is a poor one."""
    chance = random.Random(1)
    truth = still_lives(chance)
    there: set[int] = set()
    holds, sums = [], []
    for member in range(MEMBERS):  # one comes after the other, each at once into the sum
        there.add(member)
        holds.append([each in there for each in range(MEMBERS)])
        sums.append(np.sum([truth[each] for each in there], axis=0))
    guess = np.linalg.lstsq(np.array(holds, float), np.array(sums, float), rcond=None)[0]
    found = [truth[member][int(np.argmax(guess[member]))] > 0 for member in range(MEMBERS)]
    assert all(found)
