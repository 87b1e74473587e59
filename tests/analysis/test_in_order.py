"""Lines of many files come in the order of the files, whatever order they are read in."""

from __future__ import annotations

import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from overlay.analysis.in_order import InOrder
from overlay.analysis.job import Job


def jobs(count: int) -> list[Job]:
    return [Job(Path(f"{n}.png"), f"{n}.png", 0, 0, "picture") for n in range(count)]


def _turns(counts: list[int]) -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """How many lines each file has, and whose turn it is to give a line or to finish."""
    turns = [number for number, count in enumerate(counts) for _ in range(count + 1)]
    return st.tuples(st.just(counts), st.permutations(turns))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6).flatmap(_turns))
def test_any_interleaving_gives_the_same(drawn: tuple[list[int], list[int]]) -> None:
    counts, turns = drawn
    files, out = jobs(len(counts)), io.BytesIO()
    in_order = InOrder(files, out)
    told = [0] * len(counts)
    for number in turns:
        if told[number] < counts[number]:
            in_order.add(files[number], f"{number}.{told[number]}\n".encode())
            told[number] += 1
        else:
            in_order.finish(files[number])
    expected = [f"{n}.{line}" for n, count in enumerate(counts) for line in range(count)]
    assert out.getvalue().decode().splitlines() == expected


def test_lines_of_the_first_file_go_at_once() -> None:
    files, out = jobs(2), io.BytesIO()
    in_order = InOrder(files, out)
    in_order.add(files[1], b"second\n")
    in_order.add(files[0], b"first\n")
    assert out.getvalue() == b"first\n"
    in_order.finish(files[0])
    assert out.getvalue() == b"first\nsecond\n"
    in_order.add(files[1], b"third\n")
    assert out.getvalue() == b"first\nsecond\nthird\n"
