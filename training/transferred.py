"""One person's smile on another person's face.

Optical flow (DIS; Kroeger et al., ECCV 2016) measures what moves, and what gets lighter or darker,
between the neutral and the smiling portrait of one person; the same is applied to the neutral
portrait of another (expression ratio images; Liu, Shan and Zhang, SIGGRAPH 2001). So a few smiles
are seen on many faces, from faint to full.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.made_up import SIDE, Floats, Landmarks

Gray = npt.NDArray[np.uint8]

# Flow and shades are smoothed by these, in pixels; shades are limited to this factor, as logarithm.
_SMOOTH_FLOW, _SMOOTH_SHADE, _MOST_SHADE = 2.0, 1.2, 0.7
# Keeps the ratio of two dark pixels from being noise, in gray levels.
_DARK = 12.0
# The part of a portrait that is changed: how far it reaches from the middle of the landmarks, and
# how much lower its own middle is, in parts of the portrait's side.
_REACH, _LOWER = 0.36, 0.03
# Rounds of the iteration that inverts a flow.
_ROUNDS = 6


@dataclass(frozen=True)
class Smile:
    """How a person's face changes when it smiles.

    Attributes:
        flow: float32 [192, 192, 2], where each pixel of the neutral portrait moves to.
        shade: float32 [192, 192], by how much it gets lighter, as logarithm.
        landmarks: of the neutral portrait.
    """

    flow: Floats
    shade: Floats
    landmarks: Landmarks

    @classmethod
    def between(cls, neutral: Gray, smiling: Gray, before: Landmarks, after: Landmarks) -> Smile:
        """The smile between two portraits, uint8 [192, 192], of one person."""
        upright = cv2.warpAffine(
            smiling, _similarity(after, before), (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE
        )
        lit = np.clip(upright * (neutral.mean() / max(upright.mean(), 1.0)), 0, 255)
        target = lit.astype(np.uint8)
        search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        search.setVariationalRefinementIterations(10)
        found = search.calc(neutral, target, None)  # type: ignore[call-overload]
        flow = cv2.GaussianBlur(found, (0, 0), _SMOOTH_FLOW)
        back = _moved(target.astype(np.float32), np.asarray(flow, np.float32))
        ratio = np.log((back + _DARK) / (neutral.astype(np.float32) + _DARK))
        shade = cv2.GaussianBlur(np.clip(ratio, -_MOST_SHADE, _MOST_SHADE), (0, 0), _SMOOTH_SHADE)
        return cls(np.asarray(flow, np.float32), np.asarray(shade, np.float32), before)

    @property
    def size(self) -> float:
        """How far the mouth and what is around it moves, in distances of the eyes."""
        x, y = (SIDE * each for each in self.landmarks.mouth)
        unit = SIDE * self.landmarks.unit
        columns, rows = _places()
        bell = np.exp(
            -0.5 * (((columns - x) / (0.45 * unit)) ** 2 + ((rows - y) / (0.25 * unit)) ** 2)
        )
        moved = (bell[..., None] * self.flow**2).sum() / bell.sum()
        return float(np.sqrt(moved) / unit)

    def on(self, portrait: Gray, landmarks: Landmarks, strength: float) -> Gray:
        """The portrait of another person, uint8 [192, 192], with this smile.

        Args:
            portrait: neutral.
            landmarks: of the portrait.
            strength: 1 as on the person it is of.
        """
        own, other = (_points(each)[[0, 1, 3]] for each in (self.landmarks, landmarks))
        to_other = cv2.getAffineTransform(own, other)
        around = _near(landmarks)
        flow = cv2.warpAffine(self.flow, to_other, (SIDE, SIDE)) @ to_other[:, :2].T
        flow = (flow * strength * around[..., None]).astype(np.float32)
        shade = cv2.warpAffine(self.shade, to_other, (SIDE, SIDE)) * strength * around
        lit = np.clip(portrait.astype(np.float32) * np.exp(shade), 0, 255)
        # Each pixel shows what has moved there; the inverse of the flow, by fixed-point iteration.
        back = np.zeros_like(flow)
        for _ in range(_ROUNDS):
            back = -_moved(flow, back)
        return np.asarray(np.clip(_moved(lit.astype(np.float32), back), 0, 255), np.uint8)


def _places() -> tuple[Floats, Floats]:
    columns, rows = np.meshgrid(*2 * [np.arange(SIDE, dtype=np.float32)])
    return columns, rows


def _moved(values: Floats, flow: Floats) -> Floats:
    """The values [192, 192, ...] from where the flow points to."""
    columns, rows = _places()
    x, y = columns + flow[..., 0], rows + flow[..., 1]
    moved = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _near(landmarks: Landmarks) -> Floats:
    """1 on the face, 0 around it."""
    x, y = _points(landmarks).mean(axis=0)
    y += _LOWER * SIDE
    columns, rows = _places()
    away = ((columns - x) / (_REACH * SIDE)) ** 4 + ((rows - y) / (_REACH * SIDE)) ** 4
    return np.asarray(np.exp(-away), np.float32)


def _points(landmarks: Landmarks) -> Floats:
    """Eyes, nose and mouth in pixels, float32 [4, 2]."""
    return np.asarray(landmarks.points, np.float32) * SIDE


def _similarity(first: Landmarks, second: Landmarks) -> npt.NDArray[np.float64]:
    """The similarity [2, 3] that brings eyes and nose of one portrait onto another's best."""
    a, b = (_points(each)[:3].astype(np.float64) for each in (first, second))
    centre, goal = a.mean(axis=0), b.mean(axis=0)
    a, b = a - centre, b - goal
    scale = (a**2).sum()
    cos, sin = (a * b).sum() / scale, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / scale
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (goal - turn @ centre)[:, None]])
