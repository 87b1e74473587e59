"""Degrade faces as webcams and calls do, in steps of severity; seeded, NumPy and OpenCV only.

Each degradation takes tiles as the application crops them, and returns them as it would have
cropped them from a worse camera, a worse call, or a worse box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.data import TILE

Images = npt.NDArray[np.uint8]
_Step = Callable[[Images, float, np.random.Generator], Images]


@dataclass(frozen=True)
class Degradation:
    """One kind of degradation.

    Attributes:
        unit: unit of the severities.
        severities: from none to severe.
        step: degrades one tile [48, 48].
    """

    unit: str
    severities: tuple[float, ...]
    step: _Step


def degrade(images: Images, name: str, severity: float, seed: int = 0) -> Images:
    """Degrade tiles.

    Args:
        images: uint8 [N, 48, 48].
        name: a key of `DEGRADATIONS`.
        severity: in the degradation's unit; its first severity leaves the tiles unchanged.
        seed: seed of the noise, jitter and directions.

    Returns:
        A new array of the same shape.
    """
    kind = DEGRADATIONS[name]
    if severity == kind.severities[0]:
        return np.array(images)
    rng = np.random.default_rng(seed)
    degraded = np.empty_like(images)
    for place, image in enumerate(images):
        degraded[place] = kind.step(image, severity, rng)
    return degraded


def _blur(image: Images, sigma: float, _: np.random.Generator) -> Images:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _dark(image: Images, stops: float, rng: np.random.Generator) -> Images:
    """Underexposure: fewer gray levels, while the sensor's noise of two levels stays the same."""
    dim = image * 2.0**-stops + rng.normal(0, 2, image.shape)
    return np.asarray(dim.round().clip(0, 255), np.uint8)


def _noise(image: Images, sigma: float, rng: np.random.Generator) -> Images:
    noisy = image + rng.normal(0, sigma, image.shape)
    return np.asarray(noisy.round().clip(0, 255), np.uint8)


def _jpeg(image: Images, quality: float, _: np.random.Generator) -> Images:
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def _low_resolution(image: Images, side: float, _: np.random.Generator) -> Images:
    small = cv2.resize(image, (int(side), int(side)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (TILE, TILE), interpolation=cv2.INTER_LINEAR), np.uint8)


def _jitter(image: Images, amount: float, rng: np.random.Generator) -> Images:
    """A box moved by this fraction of the tile in a random direction, and scaled by as much."""
    angle = rng.uniform(0, 2 * np.pi)
    shift = amount * TILE * np.array([np.cos(angle), np.sin(angle)])
    scale = 1 + amount * rng.choice([-1, 1])
    return _warp(image, scale, 0.0, shift)


def _roll(image: Images, degrees: float, rng: np.random.Generator) -> Images:
    return _warp(image, 1.0, degrees * rng.choice([-1, 1]), np.zeros(2))


def _warp(image: Images, scale: float, degrees: float, shift: npt.NDArray[np.float64]) -> Images:
    middle = ((TILE - 1) / 2, (TILE - 1) / 2)
    matrix = np.array(cv2.getRotationMatrix2D(middle, degrees, scale), np.float64)
    matrix[:, 2] += shift
    warped = cv2.warpAffine(image, matrix, (TILE, TILE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


DEGRADATIONS = {
    "blur": Degradation("sigma, pixels", (0, 0.5, 1, 1.5, 2, 3), _blur),
    "dark": Degradation("stops too dark", (0, 1, 2, 3, 4, 5), _dark),
    "noise": Degradation("sigma, grey levels", (0, 5, 10, 20, 30, 45), _noise),
    "jpeg": Degradation("quality", (100, 50, 30, 20, 10, 5), _jpeg),
    "low resolution": Degradation("pixels across", (48, 32, 24, 16, 12, 8), _low_resolution),
    "box jitter": Degradation("part of the tile", (0, 0.05, 0.1, 0.15, 0.2, 0.3), _jitter),
    "roll": Degradation("degrees", (0, 10, 20, 30, 45, 60), _roll),
}
