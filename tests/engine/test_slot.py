"""The hand-off between two loops keeps only the newest value."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from overlay.engine.slot import Slot


@given(st.lists(st.integers(), min_size=1))
def test_only_the_newest_value_is_kept(values: list[int]) -> None:
    slot: Slot[int] = Slot()
    for value in values:
        slot.put(value)
    assert slot.wait(0, 0.0) == (len(values), values[-1])


def test_a_value_is_handed_out_once_to_each_reader() -> None:
    slot: Slot[str] = Slot()
    slot.put("frame")
    number, value = slot.wait(0, 0.0)
    assert value == "frame"
    assert slot.wait(number, 0.0) == (number, None)


def test_a_waiting_reader_gets_the_value_put_by_another_thread() -> None:
    slot: Slot[str] = Slot()
    writer = threading.Timer(0.01, slot.put, ["late"])
    writer.start()
    assert slot.wait(0, 30.0) == (1, "late")


def test_emptying_the_slot_wakes_the_reader_with_nothing() -> None:
    slot: Slot[str] = Slot()
    slot.put("old")
    slot.put(None)
    assert slot.wait(1, 30.0) == (2, None)
    assert slot.value is None


def test_closing_wakes_readers_but_what_is_there_can_still_be_taken() -> None:
    slot: Slot[str] = Slot()
    slot.put("last")
    slot.close()
    assert slot.wait(0, 30.0) == (1, "last")
    assert slot.wait(1, 30.0) == (1, None)
