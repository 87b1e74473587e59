"""Waiting for something that another thread or process does, without guessing how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

#: How long to wait, in seconds. Nothing takes so long but on a machine that is very busy, and a
#: test that succeeds goes on at once, so only a test that fails waits to the end.
PATIENCE_S = 120.0

T = TypeVar("T")


def until(
    condition: Callable[[], T], what: str = "what it waits for", limit_s: float = PATIENCE_S
) -> T:
    """Wait for a condition to hold.

    Args:
        condition: Is asked again and again.
        what: What is waited for, to be said if it does not come.
        limit_s: When to give up, in seconds.

    Returns:
        What the condition returned once it was true.

    Raises:
        AssertionError: It never was.
    """
    deadline = time.monotonic() + limit_s
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"never happened: {what}")
        time.sleep(0.01)
    return result
