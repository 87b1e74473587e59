from __future__ import annotations

import numpy as np
import pytest

from training.data import TILE
from training.degrade import DEGRADATIONS, degrade

KINDS = list(DEGRADATIONS)


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    """Smooth round shapes with an edge, unlike noise."""
    y, x = np.mgrid[:TILE, :TILE]
    faces = [
        np.clip(200 - 3 * np.hypot(x - 20 - i, y - 24), 20, 255).astype(np.uint8) for i in range(6)
    ]
    for face in faces:
        face[30:34, 15:30] = 10
    return np.stack(faces)


@pytest.mark.parametrize("name", KINDS)
def test_the_first_severity_leaves_tiles_alone(name: str, faces: np.ndarray) -> None:
    first = DEGRADATIONS[name].severities[0]
    same = degrade(faces, name, first)
    np.testing.assert_array_equal(same, faces)
    assert same is not faces


@pytest.mark.parametrize("name", KINDS)
def test_every_severity_is_worse_than_the_one_before(name: str, faces: np.ndarray) -> None:
    severities = DEGRADATIONS[name].severities
    errors = [np.abs(degrade(faces, name, s).astype(float) - faces).mean() for s in severities]
    assert errors == sorted(errors)
    assert errors[1] > 0


@pytest.mark.parametrize("name", KINDS)
def test_a_seed_repeats_and_the_input_stays(name: str, faces: np.ndarray) -> None:
    before = faces.copy()
    severity = DEGRADATIONS[name].severities[3]
    first, again = degrade(faces, name, severity, 5), degrade(faces, name, severity, 5)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(faces, before)
    assert first.dtype == np.uint8
    assert first.shape == faces.shape


def test_roll_turns_about_the_middle(faces: np.ndarray) -> None:
    spot = np.zeros((1, TILE, TILE), np.uint8)
    spot[0, 22:26, 22:26] = 200
    np.testing.assert_allclose(degrade(spot, "roll", 45).mean(), spot.mean(), rtol=0.1)
    assert degrade(spot, "roll", 45)[0, 24, 24] > 150
