"""A session is cut into few slices, however long it is, and each second lies in one of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.monitor.report.axis import Axis, cut, step_for
from overlay.monitor.timeline import Stretch

LENGTHS = st.one_of(st.floats(0.1, 86400), st.floats(86400, 4e9))


@given(LENGTHS, st.integers(2, 200))
def test_there_are_no_more_parts_than_asked(seconds: float, most: int) -> None:
    assert seconds / step_for(seconds, most) <= most


@pytest.mark.parametrize(("seconds", "step"), [(9, 1), (3600, 600), (864000, 172800)])
def test_parts_are_of_a_round_length(seconds: float, step: int) -> None:
    assert step_for(seconds, 9) == step


@given(LENGTHS, st.integers(2, 200), st.floats(0.01, 0.99))
def test_every_second_is_in_one_slice(seconds: float, most: int, part: float) -> None:
    middle = part * seconds
    slices = cut([Stretch("neutral", 0.0, middle), Stretch("happy", middle, seconds)], most)
    assert len(slices) <= most + 1
    assert (slices[0].start, slices[-1].end) == (0.0, seconds)
    assert sum(piece.state_s.get("neutral", 0.0) for piece in slices) == pytest.approx(middle)
    assert sum(piece.seen_s for piece in slices) == pytest.approx(seconds)


@given(LENGTHS)
def test_round_times_are_few_and_within_the_axis(seconds: float) -> None:
    axis = Axis(1e9, 1e9 + seconds, 0, 100, utc_offset_s=19800)
    times = [time for time, _ in axis.ticks()]
    assert len(times) <= axis.most_ticks + 1
    assert all(axis.start <= time <= axis.end for time in times)
