"""Colours of HDR and wide-gamut video for an ordinary screen.

A three-dimensional table turns what the file holds (BT.2020 primaries with the PQ or HLG curve of
ITU-R BT.2100, or with an ordinary one) into BT.709 as an ordinary screen shows it (BT.1886).
Brightness beyond the screen's is compressed as in section 5 of ITU-R BT.2390: what is darker than
half of white stays as it is. Names of curves and primaries are those of ITU-T H.273.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Curve = Literal["pq", "hlg", "gamma"]

#: H.273 numbers of the PQ and HLG curves, and of the primaries of BT.2020.
_CURVES: dict[int, Curve] = {16: "pq", 18: "hlg"}
_BT2020 = 9

#: Brightness of white on paper (ITU-R BT.2408), and the brightest that is not cut off, in cd/m².
_WHITE, _PEAK = 203.0, 1000.0

_GAMMA = 2.4  # of an ordinary screen, BT.1886

#: From BT.2020 to BT.709, in linear light (ITU-R BT.2087).
_TO_BT709 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ]
)

#: How many steps of each colour the table has, squared, is the side of its picture.
_LEVEL = 8

_Values = npt.NDArray[np.float64]


def curve_of(transfer: int, primaries: int) -> Curve | None:
    """Which table a video needs; None for none.

    Args:
        transfer: The video's curve, an H.273 number.
        primaries: Its primaries, an H.273 number.
    """
    return _CURVES.get(transfer, "gamma" if primaries == _BT2020 else None)


@cache
def table(curve: Curve) -> npt.NDArray[np.uint16]:
    """The table for a curve, as FFmpeg's filter `haldclut` takes it.

    Returns:
        uint16 [512, 512, 3], RGB, 0 to 65535: the colours that stand for the 64 steps of red
        (fastest), green and blue (slowest).
    """
    steps = np.linspace(0, 1, _LEVEL**2)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = _shown(np.stack([red, green, blue], axis=-1), curve)
    side = _LEVEL**3
    return np.asarray((colours * 65535).round().reshape(side, side, 3), np.uint16)


def _shown(encoded: _Values, curve: Curve) -> _Values:
    """RGB of a file, 0 to 1 [..., 3], as RGB for an ordinary screen."""
    if curve == "gamma":
        light = encoded**_GAMMA
    else:
        light = (_pq_light if curve == "pq" else _hlg_light)(encoded) / _WHITE
    light = np.clip(light @ _TO_BT709.T, 0, None)
    if curve != "gamma":
        light *= _compression(light.max(axis=-1, keepdims=True))
    return np.asarray(np.clip(light, 0, 1) ** (1 / _GAMMA), np.float64)


def _compression(brightest: _Values) -> _Values:
    """The factor that brings each brightness into the screen's range; 1 is white."""
    most = _pq(np.array(_PEAK))
    white = float(_pq(np.array(_WHITE)) / most)
    knee = 1.5 * white - 0.5
    before = np.clip(_pq(brightest * _WHITE) / most, 0, 1)
    t = np.clip((before - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * white
    )
    after = _pq_light(np.where(before < knee, before, spline) * most) / _WHITE
    return np.asarray(np.where(brightest > 0, after / np.maximum(brightest, 1e-9), 1), np.float64)


# SMPTE ST 2084.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _pq(light: _Values) -> _Values:
    """The PQ curve of a brightness in cd/m²."""
    power = (light / 10_000) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2, np.float64)


def _pq_light(encoded: _Values) -> _Values:
    """The brightness in cd/m² that a PQ value stands for."""
    power = encoded ** (1 / _M2)
    return np.asarray(
        10_000 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1), np.float64
    )


def _hlg_light(encoded: _Values) -> _Values:
    """The brightness in cd/m² of HLG on a screen of 1,000 cd/m² (ITU-R BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(encoded <= 0.5, encoded**2 / 3, (np.exp((encoded - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    return np.asarray(_PEAK * luminance[..., None] ** 0.2 * scene, np.float64)
