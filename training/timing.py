"""Measure what one face costs: milliseconds of CPU on one thread."""

from __future__ import annotations

import time

import numpy as np
import onnxruntime as ort

from training.data import TILE


def milliseconds(session: ort.InferenceSession, repeats: int = 400) -> float:
    """Median CPU time for one face, which other programs on the machine affect little.

    The session must run on the calling thread only, as `training.evaluate.open_model` opens it.
    """
    faces = np.random.default_rng(0).integers(0, 256, (1, 1, TILE, TILE), dtype=np.uint8)
    names = [output.name for output in session.get_outputs()]
    taken = []
    for _ in range(repeats + 50):
        start = time.thread_time_ns()
        session.run(names, {"faces": faces})
        taken.append(time.thread_time_ns() - start)
    return float(np.median(taken[50:])) / 1e6
