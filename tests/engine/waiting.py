"""Waiting for something another thread does, without guessing how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


def until(condition: Callable[[], object], what: str, limit_s: float = 20.0) -> None:
    """Return as soon as the condition holds; the limit is only for a test that fails."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"never happened: {what}")
        time.sleep(0.005)
