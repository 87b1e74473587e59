"""From time stamps to figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of durations, in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class StartUp:
    """Seconds from the start of the process.

    Attributes:
        imports: Until the application's modules were there.
        models: Until the models were open; None where there are none.
        first_frame: Until the first picture was sent.
        first_label: Until the first label was drawn; None where there are none.
    """

    imports: float
    models: float | None
    first_frame: float
    first_label: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one variant did while it was measured.

    Attributes:
        fps: Pictures sent a second.
        dropped: Pictures that were due and were never sent.
        repeated: Pictures sent once more, and placeholders.
        jitter_ms: How far the time between two pictures is off.
        latency_ms: From the moment a picture was due until it was sent.
        label_age_ms: From the moment a picture was due until a label read in it was drawn.
        cpu: CPU seconds a second, of all threads.
        resident_mb: Memory at the end, in MiB.
        faces: Faces with a label in a picture, on average.
        start_up: How long starting took.
        stages_ms: Wall time of each call, by stage; only of the application.
    """

    fps: float
    dropped: int
    repeated: int
    jitter_ms: Percentiles
    latency_ms: Percentiles
    label_age_ms: Percentiles | None
    cpu: float
    resident_mb: float | None
    faces: float
    start_up: StartUp
    stages_ms: dict[str, Percentiles]


def percentiles(seconds: Sequence[float]) -> Percentiles | None:
    """Of durations in seconds; None of none."""
    if not len(seconds):
        return None
    p50, p95, p99 = (float(p) for p in np.percentile(np.asarray(seconds) * 1000, [50, 95, 99]))
    return Percentiles(p50, p95, p99)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How pictures arrived: the part of `Figures` that follows from time stamps."""

    fps: float
    dropped: int
    repeated: int
    jitter_ms: Percentiles
    latency_ms: Percentiles


def delivery(sent: Sequence[tuple[int, float]], due_s: dict[int, float], fps: float) -> Delivery:
    """Judge pictures by their numbers and the times at which they were sent.

    Args:
        sent: Number and time of each picture, in the order of sending.
        due_s: When the pictures that were read were due, by number.
        fps: The camera's rate.

    Raises:
        ValueError: Fewer than two pictures were sent.
    """
    if len(sent) < 2:
        raise ValueError("fewer than two pictures were sent")
    times = np.array([at for _, at in sent])
    # Placeholders carry no number that was ever due.
    numbers = [number for number, _ in sent if number in due_s]
    distinct = set(numbers)
    latency = percentiles([at - due_s[number] for number, at in sent if number in due_s])
    jitter = percentiles(np.abs(np.diff(times) - 1 / fps).tolist())
    assert jitter is not None
    assert latency is not None
    return Delivery(
        fps=(len(sent) - 1) / float(times[-1] - times[0]),
        dropped=max(distinct) - min(distinct) + 1 - len(distinct),
        repeated=len(sent) - len(distinct),
        jitter_ms=jitter,
        latency_ms=latency,
    )
