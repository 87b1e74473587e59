"""Closing what may raise when it is closed."""

from __future__ import annotations

from typing import Protocol

from overlay.engine.problem_log import Room
from overlay.engine.status import Metrics


class Closable(Protocol):
    """A source, an output, a window, or perception."""

    def close(self) -> None:
        """Release it."""


def close(resource: Closable, room: Room, metrics: Metrics) -> None:
    """Close something; if that fails, it is a problem of its room, unless that has one already."""
    try:
        resource.close()
    except Exception as error:
        name = getattr(resource, "name", room)
        message = f"{name} could not be closed: {str(error) or type(error).__name__}"
        metrics.set_problem(room, message, error, replace=False)
