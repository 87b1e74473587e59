"""The metrics of the network; NumPy only.

FER+ accuracy follows Barsoum et al. (ICMI 2016). Expected calibration error follows Guo et al.
(ICML 2017) with 15 equal bins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]

CALM = 0.95
EMOTIONS = 8


def ferplus_majority(votes: Labels) -> Labels:
    """The majority emotion of each image by Barsoum's filter, or -1 for an image left out.

    Votes of 1 are set to 0. An image is kept if its top vote is more than half of the remaining
    votes and is one of the eight emotions (`votes` has those first, then unknown and nf).
    """
    kept = np.where(votes > 1, votes, 0)
    top = kept.argmax(axis=1)
    majority = 2 * kept.max(axis=1) > kept.sum(axis=1)
    return np.where(majority & (top < EMOTIONS), top, -1).astype(np.int64)


def accuracy(predicted: Labels, labels: Labels) -> float:
    """Share of correct answers; NaN without images."""
    return float(np.mean(predicted == labels)) if len(labels) else float("nan")


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson, 1927); NaN without images."""
    if not total:
        return float("nan"), float("nan")
    z = 1.959964
    share = right / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = np.sqrt(share * (1 - share) / total + z * z / (4 * total**2))
    half = float(z * spread / (1 + z * z / total))
    return centre - half, centre + half


def bootstrap_interval(
    figure: Callable[[Labels], float], count: int, repeats: int = 300, seed: int = 0
) -> tuple[float, float]:
    """The 95 % bootstrap percentile interval of a figure over images (Efron, 1979).

    Args:
        figure: computes the figure for the indices of a draw [count].
        count: number of images.
        repeats: number of draws.
        seed: seed of the draws.
    """
    rng = np.random.default_rng(seed)
    values = [figure(rng.integers(0, count, count)) for _ in range(repeats)]
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return float(low), float(high)


def confusion_matrix(predicted: Labels, labels: Labels, classes: int) -> npt.NDArray[np.int64]:
    """Counts [true, predicted]."""
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def recalls(matrix: npt.NDArray[np.int64]) -> Floats:
    """Recall of each class from a confusion matrix; NaN for a class without images."""
    total = matrix.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, np.diag(matrix) / total, np.nan)


def macro_f1(matrix: npt.NDArray[np.int64]) -> float:
    """Mean F1 over the classes that have images."""
    present = matrix.sum(axis=1) > 0
    both = matrix.sum(axis=1) + matrix.sum(axis=0)
    f1 = 2 * np.diag(matrix) / np.maximum(both, 1)
    return float(f1[present].mean()) if present.any() else float("nan")


def calibration_error(probabilities: Floats, labels: Labels, bins: int = 15) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over bins."""
    if not len(labels):
        return float("nan")
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gap = np.bincount(index, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(labels))


@dataclass(frozen=True)
class OperatingPoint:
    """Sensitivity at fixed calm: how users experience a model.

    Attributes:
        bias: added to the neutral log-probability.
        neutral_recall: share of the images with a FER+ majority for neutral that are called
            neutral.
        recall: recall of each other emotion at that bias, in order; NaN for one without images.
        mean_recall: their mean.
    """

    bias: float
    neutral_recall: float
    recall: tuple[float, ...]
    mean_recall: float


def operating_point(
    probabilities: Floats, majority: Labels, neutral: int, target: float = CALM
) -> OperatingPoint:
    """Move the neutral logit until `target` of the calm images are called neutral.

    Args:
        probabilities: [N, C].
        majority: [N], the FER+ majority; images with none, or with one beyond C, are left out.
        neutral: column of neutral.
        target: share of the images with a majority for neutral that shall be called neutral.
    """
    kept = (majority >= 0) & (majority < probabilities.shape[1])
    labels = majority[kept]
    calm = labels == neutral
    logits = np.log(np.maximum(probabilities[kept].astype(float), 1e-12))
    bias = neutral_bias(logits, calm, neutral, target)
    logits[:, neutral] += bias
    predicted = logits.argmax(axis=1)
    rest = [c for c in range(logits.shape[1]) if c != neutral]
    matrix = confusion_matrix(predicted, labels, logits.shape[1])
    recall = recalls(matrix)[rest]
    mean = float(np.nanmean(recall)) if np.isfinite(recall).any() else float("nan")
    calm_recall = float(np.mean(predicted[calm] == neutral)) if calm.any() else float("nan")
    return OperatingPoint(bias, calm_recall, tuple(float(r) for r in recall), mean)


def neutral_bias(
    logits: Floats, calm: npt.NDArray[np.bool_], neutral: int, target: float = CALM
) -> float:
    """The smallest bias at which at least `target` of the calm images are called neutral."""
    if not calm.any():
        return 0.0
    others = np.delete(logits[calm], neutral, axis=1).max(axis=1)
    needed = np.sort(others - logits[calm][:, neutral])
    place = int(np.ceil(target * len(needed) - 1e-9)) - 1
    return float(needed[max(place, 0)] + 1e-6)
