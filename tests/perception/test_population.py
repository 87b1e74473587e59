"""The population that comes with the network, and what it guards."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from overlay.errors import ModelError
from overlay.host import resources
from overlay.perception.personal import Personal, References
from overlay.perception.population import (
    load_population,
    population_path,
    recall_on,
    spared_expressions,
)
from overlay.scene import EMOTIONS


def sha256() -> str:
    description = (resources.models_dir() / "emotion.json").read_text(encoding="utf-8")
    return str(json.loads(description)["sha256"])


@pytest.fixture(scope="module")
def population() -> References:
    return load_population(sha256())


def test_it_belongs_to_the_shipped_network_and_shows_all_expressions(population: References):
    assert set(population.labels) == set(EMOTIONS)
    assert min(population.counts.values()) >= 20
    assert population.embeddings.shape[0] == population.probabilities.shape[0] == len(population)
    np.testing.assert_allclose(population.probabilities.sum(axis=1), 1, atol=1e-4)


def test_that_of_another_network_is_refused():
    with pytest.raises(ModelError, match="another network"):
        load_population("0" * 64)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 half a file"])
def test_a_missing_or_damaged_file_is_told(tmp_path: Path, content: bytes | None):
    path = tmp_path / "population.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"population\.npz (is missing|cannot be read)") as caught:
        load_population(sha256(), path)
    assert "\n" not in str(caught.value)


def test_half_a_file_is_told(tmp_path: Path):
    path = tmp_path / "population.npz"
    content = population_path().read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="cannot be read"):
        load_population(sha256(), path)


def test_no_adaptation_changes_nothing(population: References):
    nobody = population.take([])
    for recall in recall_on(population, Personal(nobody)).values():
        assert recall.before == recall.after <= recall.faces
    assert spared_expressions(nobody, population) == ()


def test_an_expression_that_would_be_hidden_is_spared(population: References):
    smiles = population.of(["happy"])
    read_so = np.flatnonzero(smiles.probabilities.argmax(axis=1) == EMOTIONS.index("happy"))
    called_neutral = smiles.take(read_so[:5].tolist())
    references = References(
        ("neutral",) * 5, called_neutral.embeddings, called_neutral.probabilities
    )
    assert recall_on(population, Personal(references, strength=3.0))["happy"].after < 35
    spared = spared_expressions(references, population)
    guarded = Personal(references, spared=spared)
    recall = recall_on(population, guarded)["happy"]
    assert recall.before - recall.after <= 0.1 * recall.faces


def test_pictures_of_strangers_do_little_harm(population: References):
    rng = np.random.default_rng(0)
    for _ in range(5):
        chosen = [
            rng.permutation([i for i, name in enumerate(population.labels) if name == label])[:3]
            for label in EMOTIONS
        ]
        references = population.take(np.concatenate(chosen).tolist())
        recalls = recall_on(population, Personal(references)).values()
        before, after = (sum(getattr(r, key) for r in recalls) for key in ("before", "after"))
        assert after >= 0.95 * before
