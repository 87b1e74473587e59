"""`population.npz`, an archive of arrays: what others looked like, or a `ModelError`."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from overlay.perception.population import load_population
from tests.fuzz.inputs import Input, damaged

_SHA256 = "0" * 64


def inputs() -> st.SearchStrategy[Input]:
    """A small archive, damaged as it is or packed again around a damaged array."""
    arrays = {
        "sha256": np.array(_SHA256),
        "labels": np.arange(7),
        "embeddings": np.zeros((7, 4), np.float16),
        "probabilities": np.full((7, 7), 1 / 7, np.float16),
    }
    packed = damaged(_packed(arrays))
    return packed.map(lambda content: Input("population.npz", content))


def read(input: Input, folder: Path) -> None:
    """Load it, for the network it was made with."""
    path = folder / input.name
    path.write_bytes(input.content)
    population = load_population(_SHA256, path)
    assert population.embeddings.shape[0] == len(population.labels)


def _packed(arrays: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
