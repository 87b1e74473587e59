"""Calibration of the heads and the rule that turns them into what the app shows.

FER2013 labels call quiet faces sad, FER+ votes call weak expressions neutral, so neither head's
largest probability is what a user should see. The rule keeps calm faces calm and is as sensitive
as it can be there: the FER+ logits, part of the class priors divided out of them, plus a share
of the FER2013 logits, plus a neutral bias at which 95 % of the images with a FER+ majority for
neutral come out neutral. Temperatures follow Guo et al. (ICML 2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from training.data import FER2013, NEUTRAL, Tiles
from training.metrics import CALM, confusion_matrix, ferplus_majority, neutral_bias, recalls

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]
TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(4), 241))
PRIOR_POWERS = (0.0, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
BLENDS = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Rule:
    """The decision rule: a linear function of the logits of both heads.

    Attributes:
        fer2013_temperature: divides the FER2013 logits.
        ferplus_temperature: divides the FER+ logits.
        prior_power: how much of the FER+ class priors is divided out.
        blend: weight of the FER2013 logits beside the FER+ logits.
        neutral_bias: added to neutral before `emotion_temperature` divides.
        emotion_temperature: makes the top probability the chance that a majority agrees.
    """

    fer2013_temperature: float
    ferplus_temperature: float
    prior_power: float
    blend: float
    neutral_bias: float = 0.0
    emotion_temperature: float = 1.0

    def offset(self, priors: Floats) -> Floats:
        """What is added to each of the seven logits."""
        offset = -self.prior_power * np.log(priors[: len(FER2013)])
        offset[NEUTRAL] += self.neutral_bias
        return offset

    def logits(self, fer2013: Floats, ferplus: Floats, priors: Floats) -> Floats:
        """Logits [N, 7] of what the app shows."""
        both = ferplus[:, : len(FER2013)] / self.ferplus_temperature
        both = both + self.blend * fer2013 / self.fer2013_temperature
        return np.asarray((both + self.offset(priors)) / self.emotion_temperature)

    def as_dict(self) -> dict[str, float]:
        """Numbers for the model's description."""
        return {key: round(value, 4) for key, value in asdict(self).items()}


def softmax(logits: Floats) -> Floats:
    """Row-wise probabilities."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, targets: Floats) -> float:
    """The temperature with the least cross-entropy against label distributions [N, C]."""

    def cross_entropy(temperature: float) -> float:
        probabilities = softmax(logits / temperature)
        return float(-(targets * np.log(probabilities + 1e-12)).sum(axis=1).mean())

    return float(min(TEMPERATURES, key=cross_entropy))


def fit_rule(fer2013: Floats, ferplus: Floats, tiles: Tiles, priors: Floats) -> Rule:
    """Fit temperatures, then the rule with the best mean recall of the six at fixed calm."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = majority >= 0
    calm = majority == NEUTRAL
    plain = Rule(
        fit_temperature(fer2013, np.eye(len(FER2013))[tiles.labels]),
        fit_temperature(ferplus[kept], np.eye(ferplus.shape[1])[majority[kept]]),
        prior_power=0.0,
        blend=0.0,
    )
    candidates = []
    for power, blend in product(PRIOR_POWERS, BLENDS):
        rule = replace(plain, prior_power=power, blend=blend)
        logits = rule.logits(fer2013, ferplus, priors)
        rule = replace(rule, neutral_bias=neutral_bias(logits, calm, NEUTRAL, CALM))
        candidates.append((sensitivity(rule.logits(fer2013, ferplus, priors), majority), rule))
    best = max(candidates, key=lambda pair: pair[0])[1]
    seven = kept & (majority < len(FER2013))
    logits = best.logits(fer2013[seven], ferplus[seven], priors)
    temperature = fit_temperature(logits, np.eye(len(FER2013))[majority[seven]])
    return replace(best, emotion_temperature=temperature)


def sensitivity(logits: Floats, majority: Labels) -> float:
    """Mean recall of the six emotions by their FER+ majority."""
    seven = (majority >= 0) & (majority < len(FER2013))
    matrix = confusion_matrix(logits.argmax(axis=1)[seven], majority[seven], len(FER2013))
    return float(np.nanmean(np.delete(recalls(matrix), NEUTRAL)))


def cross_fitted_sensitivity(
    fer2013: Floats, ferplus: Floats, tiles: Tiles, priors: Floats
) -> tuple[float, float]:
    """Sensitivity and calm of rules fitted on one half of the tiles and measured on the other."""
    assert tiles.votes is not None
    results = []
    for half in (0, 1):
        fit = np.arange(half, len(tiles), 2)
        test = np.arange(1 - half, len(tiles), 2)
        rule = fit_rule(fer2013[fit], ferplus[fit], tiles.take(fit), priors)
        logits = rule.logits(fer2013[test], ferplus[test], priors)
        majority = ferplus_majority(tiles.votes[test])
        neutral = float(np.mean(logits.argmax(axis=1)[majority == NEUTRAL] == NEUTRAL))
        results.append((sensitivity(logits, majority), neutral))
    mean = np.mean(results, axis=0)
    return float(mean[0]), float(mean[1])


def unsure_threshold(probabilities: Floats, coverage: float) -> float:
    """The top probability that `coverage` of the faces reach; below it the app says unsure."""
    return float(np.quantile(probabilities.max(axis=1), 1 - coverage))


def risk_coverage(
    probabilities: Floats, tiles: Tiles, coverages: tuple[float, ...]
) -> list[dict[str, float]]:
    """Of the surest faces at each coverage, the share right by FER2013 label and FER+ majority."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    shown = probabilities.argmax(axis=1)
    curve = []
    for coverage in coverages:
        threshold = unsure_threshold(probabilities, coverage)
        sure = probabilities.max(axis=1) >= threshold
        judged = sure & (majority >= 0)
        curve.append(
            {
                "coverage": coverage,
                "threshold": round(threshold, 4),
                "fer2013": round(float(np.mean(shown[sure] == tiles.labels[sure])), 4),
                "ferplus": round(float(np.mean(shown[judged] == majority[judged])), 4),
            }
        )
    return curve
