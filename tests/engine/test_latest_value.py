"""The hand-off between two loops keeps the newest value, and no more than it was told."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from overlay.engine.latest_value import LatestValue


@given(st.lists(st.integers(), min_size=1))
def test_only_the_newest_value_is_kept(values: list[int]) -> None:
    slot: LatestValue[int] = LatestValue()
    for value in values:
        slot.put(value)
    assert slot.wait(0, 0.0) == (len(values), values[-1])


@given(st.lists(st.integers(), min_size=1), st.integers(1, 5))
def test_a_reader_that_is_held_up_still_gets_the_values_kept_one_by_one(
    values: list[int], keep: int
) -> None:
    slot: LatestValue[int] = LatestValue(keep)
    for value in values:
        slot.put(value)
    seen, read = 0, []
    while (step := slot.wait_next(seen, 0.0))[1] is not None:
        seen, value = step
        read.append(value)
    assert read == values[-keep:]
    assert seen == len(values)


def test_a_value_is_handed_out_once_to_each_reader() -> None:
    slot: LatestValue[str] = LatestValue()
    slot.put("frame")
    number, value = slot.wait(0, 0.0)
    assert value == "frame"
    assert slot.wait(number, 0.0) == (number, None)


def test_a_waiting_reader_gets_the_value_put_by_another_thread() -> None:
    slot: LatestValue[str] = LatestValue()
    writer = threading.Timer(0.01, slot.put, ["late"])
    writer.start()
    assert slot.wait(0, 30.0) == (1, "late")


def test_emptying_the_slot_wakes_the_reader_with_nothing() -> None:
    slot: LatestValue[str] = LatestValue()
    slot.put("old")
    slot.put(None)
    assert slot.wait(1, 30.0) == (2, None)
    assert slot.value is None


def test_closing_wakes_readers_but_what_is_there_can_still_be_taken() -> None:
    slot: LatestValue[str] = LatestValue()
    slot.put("last")
    slot.close()
    assert slot.wait(0, 30.0) == (1, "last")
    assert slot.wait(1, 30.0) == (1, None)
