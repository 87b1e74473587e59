"""The least that a store takes, for tests."""

from __future__ import annotations

from overlay.monitor.records import Second
from overlay.monitor.store import Store


def second(time_s: float = 0.0, label: str = "happy") -> Second:
    """A second with a face."""
    return Second(
        time_s, 1e9 + time_s, 1.0, 1.0, 0.0, (0.125,) * 7, label, 1.0, 2.0, 8.0, 0.0, 0.3, 0.0
    )


def begin(store: Store, began: float = 1e9, title: str = "Physics", goal: str = "") -> int:
    """Begin a session; returns its number."""
    return store.begin_session(
        title=title,
        began=began,
        utc_offset_s=3600,
        app_version="1.0",
        model_version="2.0",
        goal=goal,
    )
