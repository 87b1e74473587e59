"""Whatever is shown is about whole groups of five or more; within one, nobody can be told apart."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.classroom.groups import LEAST, Groups, Sum
from overlay.classroom.shares import shares_of
from overlay.classroom.states import STATES, TENTHS, Tenths

#: Who has sent something in each interval, by number.
Presence = list[frozenset[int]]

#: What each member sends in each interval.
Lives = Mapping[int, Sequence[Tenths]]


def only(state: str) -> Tenths:
    return tuple(TENTHS if each == state else 0 for each in STATES)


def tenths() -> st.SearchStrategy[Tenths]:
    """Any ten tenths."""
    parts = st.lists(st.integers(0, len(STATES) - 1), min_size=TENTHS, max_size=TENTHS)
    return parts.map(lambda chosen: tuple(chosen.count(index) for index in range(len(STATES))))


@st.composite
def presences(draw: st.DrawFn) -> Presence:
    """Members who come, go, and come back, one by one and in crowds."""
    members = draw(st.integers(1, 24))
    there = draw(st.frozensets(st.integers(0, members - 1)))
    steps = [there]
    for _ in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["same", "some", "crowd", "everyone"]))
        if kind == "some":
            there = there ^ draw(st.frozensets(st.integers(0, members - 1), max_size=2))
        elif kind == "crowd":
            there = there ^ draw(st.frozensets(st.integers(0, members - 1)))
        elif kind == "everyone":
            there = frozenset(range(members))
        steps.append(there)
    return steps


def shown(presence: Presence, lives: Lives, seed: int) -> list[Sum | None]:
    """The sums of a lesson; the same seed forms the same groups."""
    groups: Groups[int] = Groups(random.Random(seed))
    return [
        groups.step({member: lives[member][index] for member in sorted(there)})
        for index, there in enumerate(presence)
    ]


def in_the_sums(presence: Presence, seed: int) -> list[frozenset[int]]:
    """Which members each sum holds, read off the sum: each sends a number of their own."""
    everyone = frozenset[int]().union(*presence)
    rest = (0,) * (len(STATES) - 1)
    lives = {member: [(1 << member, *rest)] * len(presence) for member in everyone}
    bits = [0 if total is None else total.tenths[0] for total in shown(presence, lives, seed)]
    return [frozenset(member for member in everyone if each >> member & 1) for each in bits]


def alike(presence: Presence, seed: int) -> list[list[int]]:
    """Members who are in exactly the same sums, together; without those who are in none."""
    sums = in_the_sums(presence, seed)
    found: dict[tuple[bool, ...], list[int]] = {}
    for member in sorted(frozenset[int]().union(*sums)):
        found.setdefault(tuple(member in each for each in sums), []).append(member)
    return list(found.values())


def random_lives(presence: Presence, chance: random.Random, *, still: bool) -> Lives:
    """Everybody in a state that changes at random, or never."""
    lives = {}
    for member in frozenset[int]().union(*presence):
        first = only(chance.choice(STATES))
        others = [first if still else only(chance.choice(STATES)) for _ in presence[1:]]
        lives[member] = [first, *others]
    return lives


@given(presences(), st.integers(0, 9))
def test_members_who_are_in_the_same_sums_are_five_or_more(presence: Presence, seed: int) -> None:
    assert all(len(members) >= LEAST for members in alike(presence, seed))


@given(presences(), st.integers(0, 9))
def test_two_sums_differ_by_nobody_or_by_five_and_more(presence: Presence, seed: int) -> None:
    sums = in_the_sums(presence, seed)
    for one in sums:
        for other in sums:
            assert len(one - other) == 0 or len(one - other) >= LEAST


@given(presences(), st.integers(0, 9))
def test_who_has_sent_nothing_is_not_in_the_sum(presence: Presence, seed: int) -> None:
    for there, members in zip(presence, in_the_sums(presence, seed), strict=True):
        assert members <= there


@given(presences(), st.integers(0, 9), st.booleans())
@settings(max_examples=200)
def test_members_of_a_group_exchange_their_lives_and_nothing_that_is_shown_changes(
    presence: Presence, seed: int, still: bool
) -> None:
    """So nobody can tell which of five or more somebody is, with all sums and unlimited time."""
    chance = random.Random(seed)
    lives = random_lives(presence, chance, still=still)
    exchanged = dict(lives)
    for members in alike(presence, seed):
        others = chance.sample(members, len(members))
        exchanged.update({one: lives[other] for one, other in zip(members, others, strict=True)})
    assert shown(presence, exchanged, seed) == shown(presence, lives, seed)


@given(presences(), st.integers(0, 9))
def test_who_is_in_the_sum_does_not_depend_on_what_anybody_sends(
    presence: Presence, seed: int
) -> None:
    chance = random.Random(seed)
    for total, members in zip(
        shown(presence, random_lives(presence, chance, still=False), seed),
        in_the_sums(presence, seed),
        strict=True,
    ):
        assert (total.members if total else 0) == len(members)


class TestASum:
    def test_comes_when_five_share_and_no_more_of_them_come(self) -> None:
        groups: Groups[str] = Groups()
        totals = [groups.step(dict.fromkeys(names, only("sad"))) for names in ("abcd", "abcde")]
        assert totals == [None, None]
        total = groups.step(dict.fromkeys("abcde", only("sad")))
        assert total is not None
        assert total.members == 5
        assert total.tenths[STATES.index("sad")] == 50

    def test_does_not_wait_for_the_last_to_come(self) -> None:
        groups: Groups[int] = Groups()
        totals = [groups.step(dict.fromkeys(range(5 + n), only("happy"))) for n in range(4)]
        assert [total and total.members for total in totals] == [None, None, 7, 7]

    @pytest.mark.parametrize("members", [5, 9, 10, 27, 1000])
    def test_holds_everybody_whatever_their_number(self, members: int) -> None:
        groups: Groups[int] = Groups()
        for _ in range(2):
            total = groups.step(dict.fromkeys(range(members), only("happy")))
        assert total is not None
        assert total.members == members

    def test_is_without_the_group_of_somebody_who_is_missing_and_with_it_when_they_are_back(
        self,
    ) -> None:
        groups: Groups[int] = Groups()
        everyone = dict.fromkeys(range(20), only("happy"))
        for _ in range(2):
            groups.step(everyone)
        missing = {member: everyone[member] for member in everyone if member != 7}
        totals = [groups.step(missing), groups.step(everyone)]
        assert [total and total.members for total in totals] == [15, 20]


class TestShares:
    @given(st.lists(tenths(), min_size=LEAST, max_size=60))
    def test_add_up_and_are_less_than_a_step_from_the_truth(self, rows: list[Tenths]) -> None:
        total = Sum(tuple(map(sum, zip(*rows, strict=True))), len(rows))
        shares = shares_of(total)
        assert sum(shares.percent.values()) == 100
        for state, part in zip(STATES, total.tenths, strict=True):
            exact = 100 * part / (TENTHS * len(rows))
            assert abs(shares.percent[state] - exact) < shares.step
            assert shares.percent[state] % shares.step == 0

    @given(st.integers(LEAST, 20_000))
    def test_are_never_finer_than_one_member(self, members: int) -> None:
        total = Sum(tuple(members * n for n in only("neutral")), members)
        assert shares_of(total).step * members >= 100
