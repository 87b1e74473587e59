"""What is usual takes enough sessions to know; only what is far from it is unusual."""

import random

import pytest

from overlay.monitor.comparison import (
    ENOUGH_FOR_USUAL,
    ENOUGH_SESSIONS,
    Measure,
    compare,
)
from overlay.monitor.timeline import SEEN
from tests.monitor.lessons import totals


def test_a_comparison_gives_median_and_range_of_earlier_sessions():
    earlier = [totals(("happy", 30 * n), ("neutral", 300)) for n in (1, 2, 3)]
    now = totals(("happy", 300), ("neutral", 300))
    comparison = compare(now, earlier)
    happy = next(m for m in comparison.measures if m.name == "happy")
    assert happy.value == 0.5
    assert happy.median == pytest.approx(60 / 360)
    assert happy.range == pytest.approx((30 / 330, 90 / 390))
    assert {m.name for m in comparison.measures} == {"present", "away", "changes", *SEEN}


def test_too_few_earlier_sessions_are_not_compared():
    comparison = compare(totals(("neutral", 600)), [totals(("neutral", 600))] * 2)
    assert comparison.measures == ()
    assert comparison.sessions == ENOUGH_SESSIONS - 1


def test_short_sessions_do_not_count_and_are_not_compared():
    long, short = totals(("neutral", 600)), totals(("neutral", 200))
    assert compare(long, [short] * 9).sessions == 0
    assert compare(short, [long] * 9).measures == ()


def test_a_value_far_outside_the_earlier_ones_is_unusual():
    earlier = (0.02, 0.03, 0.03, 0.04, 0.03, 0.05, 0.02, 0.03)
    assert Measure("happy", 0.15, earlier).unusual > 0
    assert Measure("happy", 0.06, earlier).unusual == 0
    high = tuple(0.9 + share for share in earlier)
    assert Measure("neutral", 0.6, high).unusual > 0


def test_small_differences_are_not_unusual_however_regular_the_student_is():
    assert Measure("happy", 0.06, (0.04,) * 9).unusual == 0
    assert Measure("happy", 0.08, (0.04,) * 9).unusual > 0
    assert Measure("changes", 1.9, (1.5,) * 9).unusual == 0
    assert Measure("changes", 2.1, (1.5,) * 9).unusual > 0


def test_nothing_is_unusual_before_there_are_enough_sessions():
    regular = totals(("happy", 12), ("neutral", 588))
    odd = totals(("happy", 300), ("neutral", 300))
    few = compare(odd, [regular] * (ENOUGH_FOR_USUAL - 1))
    assert (few.unusual, few.knows_usual) == ((), False)
    enough = compare(odd, [regular] * ENOUGH_FOR_USUAL)
    assert enough.knows_usual
    assert {measure.name for measure in enough.unusual} == {"happy", "neutral"}


def test_the_farthest_comes_first():
    regular = [totals(("happy", 6), ("sad", 6), ("neutral", 588))] * ENOUGH_FOR_USUAL
    now = compare(totals(("happy", 60), ("sad", 200), ("neutral", 340)), regular)
    farness = [measure.unusual for measure in now.unusual]
    assert farness == sorted(farness, reverse=True)
    assert now.unusual[-1].name == "happy"


def test_sessions_that_differ_by_chance_alone_are_seldom_unusual():
    draw = random.Random(14)

    def by_chance() -> Measure:
        shares = [draw.betavariate(2, 25) for _ in range(ENOUGH_FOR_USUAL + 1)]
        return Measure("happy", shares[-1], tuple(shares[:-1]))

    assert sum(by_chance().unusual > 0 for _ in range(2000)) / 2000 < 0.05
