"""Readings of real faces, for tests: those that come with the application."""

from __future__ import annotations

from overlay.monitor.calibration import Model
from overlay.perception.personal import References
from overlay.perception.population import load_population


def population() -> References:
    """All of them."""
    return load_population(Model.current().sha256)


def some(label: str, count: int, as_label: str | None = None) -> References:
    """Readings of real faces that stand for a student's."""
    found = population().of([label])
    taken = found.take(list(range(count)))
    return References((as_label or label,) * count, taken.embeddings, taken.probabilities)
