from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.camera_backend import CameraBackend, registered


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    """A virtual camera that can be opened as `virtual:backend=test`."""
    with registered(CameraBackend()) as backend:
        yield backend


@pytest.fixture
def card():
    """A test card of any size: four different corners, so that no flip or swap goes unseen."""

    def make(width: int, height: int) -> np.ndarray:
        image = np.zeros((height, width, 3), np.uint8)
        image[: height // 2, : width // 2] = (0, 0, 255)
        image[: height // 2, width // 2 :] = (0, 255, 0)
        image[height // 2 :, : width // 2] = (255, 0, 0)
        image[height // 2 :, width // 2 :] = (40, 120, 200)
        return image

    return make
