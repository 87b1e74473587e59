"""Pipelines of threads: each step works ahead of the next one, by a few items."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")

#: How many items are computed before they are needed; more only take memory.
_DEPTH = 4

_END = object()


@contextmanager
def ahead(items: Iterable[_T]) -> Iterator[Iterator[_T]]:
    """Compute items in a thread of its own, before they are needed.

    What computing one raises comes where it would be taken. After the block the thread has ended.
    """
    iterator = iter(items)
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[_T | object]] = deque()

        def taken() -> Iterator[_T]:
            while True:
                if len(waiting) <= _DEPTH // 2:  # two at a time: it wakes less often
                    while len(waiting) < _DEPTH:
                        waiting.append(thread.submit(next, iterator, _END))
                item = waiting.popleft().result()
                if item is _END:
                    return
                yield item  # type: ignore[misc]

        try:
            yield taken()
        finally:
            for future in waiting:
                future.cancel()
