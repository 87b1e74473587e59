"""Made-up people: the cameras change pictures as they say."""

from __future__ import annotations

import numpy as np
import pytest

from training.pseudo_people import Camera


@pytest.fixture
def tile() -> np.ndarray:
    y, x = np.mgrid[0:48, 0:48]
    return (60 + 2 * x + y // 2).astype(np.uint8)


def test_the_neutral_camera_changes_nothing(tile: np.ndarray) -> None:
    np.testing.assert_allclose(Camera().see(tile).astype(int), tile, atol=1)
    still = Camera.draw(np.random.default_rng(0), 0.0)
    np.testing.assert_allclose(still.see(tile).astype(int), tile, atol=1)


def test_one_camera_treats_all_pictures_the_same(tile: np.ndarray) -> None:
    camera = Camera.draw(np.random.default_rng(1), 1.0)
    np.testing.assert_array_equal(camera.see(tile), camera.see(tile.copy()))
    assert np.abs(camera.see(tile).astype(int) - tile).mean() > 3


def test_light_and_gamma_go_the_right_way(tile: np.ndarray) -> None:
    assert Camera(gamma=2.0).see(tile).mean() < tile.mean() - 10
    lit = Camera(light_x=0.4).see(np.full((48, 48), 100, np.uint8))
    assert lit[:, -1].mean() > 130 > 70 > lit[:, 0].mean()
