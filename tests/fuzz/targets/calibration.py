"""A student's `calibration.json`: what is adapted, or a `StudentError` and a notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from overlay.errors import StudentError
from overlay.monitor.calibration import Model, effect_of, load_personal, read_calibration
from overlay.monitor.students import Student
from overlay.perception.population import load_population
from tests.fuzz.inputs import Input, json_like


def inputs() -> st.SearchStrategy[Input]:
    """Calibrations with other values, or damaged."""
    return json_like(_sound()).map(lambda content: Input("calibration.json", content))


def read(input: Input, folder: Path) -> None:
    """Load it, adapt readings with it, and say what it does."""
    (folder / input.name).write_bytes(input.content)
    student = Student("Ada", folder)
    personal, notice = load_personal(student)
    assert notice is None or len(notice.splitlines()) == 1, notice
    try:
        calibration = read_calibration(student)
    except StudentError:
        assert personal is None
        assert notice
        raise
    if personal is not None:
        population = load_population(Model.current().sha256)
        adapted = personal.adapt(population.embeddings[:8], population.probabilities[:8])
        assert np.isfinite(adapted).all()
        assert calibration is not None
        effect_of(calibration)


def _sound() -> dict[str, object]:
    model = Model.current()
    population = load_population(model.sha256)
    chosen = [*range(4), *range(4, 9)]
    labels = ["neutral", "neutral", "happy", "sad", *["bored"] * 5]
    return {
        "format": 1,
        "model": {"version": model.version, "sha256": model.sha256},
        "references": [
            {
                "label": label,
                "probabilities": [round(float(p), 5) for p in population.probabilities[row]],
                "embedding": [round(float(e), 5) for e in population.embeddings[row]],
            }
            for label, row in zip(labels, chosen, strict=True)
        ],
    }
