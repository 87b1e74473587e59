"""Steps of a pipeline work ahead, in order, and end with the block."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.ahead import ahead


@given(items=st.lists(st.integers(), max_size=30))
def test_every_item_comes_once_and_in_order(items):
    with ahead(items) as first, ahead(-item for item in first) as second:
        assert list(second) == [-item for item in items]


def test_no_more_than_a_few_wait():
    computed = []

    def numbers() -> Iterator[int]:
        for n in range(1_000):
            computed.append(n)
            yield n

    with ahead(numbers()) as ready:
        for n in ready:
            assert len(computed) <= n + 6
            if n == 100:
                break
    assert len(computed) < 110


def test_work_is_done_in_a_thread_of_its_own_which_ends_with_the_block():
    with ahead(threading.current_thread() for _ in range(3)) as threads:
        (thread,) = set(threads)
        assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_what_goes_wrong_comes_where_the_item_would_have():
    with ahead(1 / n for n in (1, 2, 0, 4)) as values:
        assert [next(values), next(values)] == [1, 0.5]
        with pytest.raises(ZeroDivisionError):
            next(values)


def test_an_error_in_the_block_ends_every_step():
    before = threading.active_count()

    def fail() -> None:
        with ahead(range(100)) as first, ahead(n + 1 for n in first) as second:
            next(second)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert threading.active_count() == before
