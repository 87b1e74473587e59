"""Calibration of the heads, and the operating point of what the application shows.

What is shown is the sum of two logits: those of the head trained for it (`training.shown`), and
those of the FER+ head with the class priors divided out. Either alone is worse.

How readily a label may be shown depends on the face: a person who looks calmly into a webcam is
hardly ever mistaken for anything else, but a head turned away in odd light often is. The neutral
logit is therefore raised by a function of two measured qualities of the tile: how far it differs
from its mirror image (a turned or tilted head, light from one side), and how blurred it is. Each of
the three parameters is the smallest with which 95 % of one kind of calm faces stay neutral: the
level for people in front of a camera, the slope of asymmetry for pictures from the web, the slope
of blur for blurred people. `calm` and `sensitive` shift the level to other shares. Temperatures
follow Guo et al. (ICML 2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from training.calm import GROUPS, CalmFaces
from training.data import FER2013, NEUTRAL, Tiles
from training.metrics import CALM, confusion_matrix, ferplus_majority, recalls

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]
TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(4), 241))

#: How much of the FER+ class priors is divided out; more than 1 favours what is rare.
PRIOR_POWER = 1.6
#: The order of the model's output `quality`.
QUALITIES = ("luminance", "contrast", "asymmetry", "sharpness")
#: Between these the operating point depends on a quality, in its own unit.
ASYMMETRY = (0.3, 0.7)
SHARPNESS = (0.03, 0.14)
#: Shares of calm faces that are called neutral.
SENSITIVITIES = {"calm": 0.98, "balanced": CALM, "sensitive": 0.9}

# Rounds in which the three numbers of the operating point are fitted in turn.
_ITERATIONS = 40
_LEAST_DOUBT = 1e-3


@dataclass(frozen=True)
class Rule:
    """How logits become probabilities.

    Attributes:
        fer2013_temperature: divides the FER2013 logits.
        ferplus_temperature: divides the FER+ logits.
        emotion_temperature: divides the logits of what is shown, the neutral bias included.
        neutral_bias: added to the neutral logit of a sharp, frontal, evenly lit face.
        asymmetry: added for one that is far from its mirror image.
        blur: added for a blurred one.
        priors: how often FER+ votes are for each of the seven emotions.
    """

    fer2013_temperature: float = 1.0
    ferplus_temperature: float = 1.0
    emotion_temperature: float = 1.0
    neutral_bias: float = 0.0
    asymmetry: float = 0.0
    blur: float = 0.0
    priors: tuple[float, ...] = (1 / 7,) * 7

    @property
    def offset(self) -> Floats:
        """What is added to each of the seven logits."""
        return np.asarray(-PRIOR_POWER * np.log(self.priors))

    def mixed(self, emotion: Floats, ferplus: Floats) -> Floats:
        """Logits [N, 7] of both heads together, before any bias for neutral."""
        votes = ferplus[:, : len(FER2013)] / self.ferplus_temperature
        return np.asarray(emotion + votes + self.offset)

    def bias(self, quality: Floats) -> Floats:
        """What is added to the neutral logit [N] of faces of this quality [N, 4]."""
        coefficients = np.array([self.neutral_bias, self.asymmetry, self.blur])
        return np.asarray(doubts(quality) @ coefficients)

    def logits(self, mixed: Floats, quality: Floats) -> Floats:
        """Logits [N, 7] of what the application shows."""
        logits = np.array(mixed, np.float64)
        logits[:, NEUTRAL] += self.bias(quality)
        return np.asarray(logits / self.emotion_temperature)

    def as_dict(self) -> dict[str, Any]:
        """Numbers for the model's description."""
        numbers = asdict(self)
        priors = [round(each, 4) for each in numbers.pop("priors")]
        return {**{key: round(value, 4) for key, value in numbers.items()}, "priors": priors}


def doubts(quality: Floats) -> Floats:
    """1, how asymmetric and how blurred, each 0 to 1, of faces of this quality [N, 4]: [N, 3]."""
    asymmetry = (quality[:, QUALITIES.index("asymmetry")] - ASYMMETRY[0]) / np.ptp(ASYMMETRY)
    blur = (SHARPNESS[1] - quality[:, QUALITIES.index("sharpness")]) / np.ptp(SHARPNESS)
    columns = [np.ones(len(quality)), np.clip(asymmetry, 0, 1), np.clip(blur, 0, 1)]
    return np.stack(columns, axis=1)


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


def needed_bias(mixed: Floats) -> Floats:
    """The bias [N] at which each face [N, 7] is just called neutral."""
    return np.asarray(np.delete(mixed, NEUTRAL, axis=1).max(axis=1) - mixed[:, NEUTRAL])


def fit_operating_point(rule: Rule, mixed: Floats, quality: Floats, calm: CalmFaces) -> Rule:
    """The rule with the bias that `balanced` asks for.

    Args:
        rule: with temperatures and priors.
        mixed: logits [N, 7] of calm faces, before any bias.
        quality: [N, 4].
        calm: whose faces they are.
    """
    needed, doubt = needed_bias(mixed), doubts(quality)
    coefficients = np.zeros(3)
    for _ in range(_ITERATIONS):
        for place, group in enumerate(GROUPS):
            rows = calm.groups == group
            if not rows.any():
                continue
            others = np.delete(coefficients, place)
            missing = needed[rows] - np.delete(doubt[rows], place, axis=1) @ others
            steps = missing / np.maximum(doubt[rows, place], _LEAST_DOUBT)
            least = float(np.quantile(steps, CALM, method="higher")) + 1e-6
            # More doubt never makes bolder.
            coefficients[place] = least if place == 0 else max(0.0, least)
    level, asymmetry, blur = (float(each) for each in coefficients)
    return replace(rule, neutral_bias=level, asymmetry=asymmetry, blur=blur)


def sensitivities(rule: Rule, mixed: Floats, quality: Floats, calm: CalmFaces) -> dict[str, float]:
    """What each sensitivity adds to the neutral logit, after `emotion_temperature`."""
    missing = (needed_bias(mixed) - rule.bias(quality)) / rule.emotion_temperature
    balanced = weighted_quantile(missing, calm.weights, CALM)
    return {
        name: round(weighted_quantile(missing, calm.weights, share) - balanced, 4)
        for name, share in SENSITIVITIES.items()
    }


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The least value that at least `share` of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    place = min(int(np.searchsorted(reached, share - 1e-9)), len(order) - 1)
    return float(values[order[place]] + 1e-6)


def sensitivity(logits: Floats, majority: Labels) -> float:
    """Mean recall of the six emotions by their FER+ majority."""
    seven = (majority >= 0) & (majority < len(FER2013))
    matrix = confusion_matrix(logits.argmax(axis=1)[seven], majority[seven], len(FER2013))
    return float(np.nanmean(np.delete(recalls(matrix), NEUTRAL)))


def unsure_threshold(probabilities: Floats, coverage: float) -> float:
    """The top probability that `coverage` of the faces reach."""
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
