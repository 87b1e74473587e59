"""The facts behind the model card, and figures derived from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.data import FER2013, NEUTRAL, Tiles
from training.metrics import (
    bootstrap_interval,
    confusion_matrix,
    ferplus_majority,
    recalls,
    wilson_interval,
)
from training.slices import Slice

HEADS = ("fer2013", "ferplus", "emotion")
SIX = [index for index in range(len(FER2013)) if index != NEUTRAL]


@dataclass(frozen=True)
class Facts:
    """Everything that the card is written from.

    Attributes:
        description: the content of ``emotion.json``.
        outputs: probabilities of each head on PublicTest.
        tiles: PublicTest.
        figures: the report of `training.evaluate` on PublicTest.
        flipped: the same for the mean of each tile and its mirror image.
        fresh: the same without the pixel copies of training images.
        slices: accuracy by brightness, contrast and sharpness.
        ms: milliseconds of CPU for one face on one thread.
        compare: what `training.compare` measured, or None.
        robustness: what `training.robustness` measured, or None.
        quantize: what `training.quantize` measured, or None.
        people: what `training.evaluate --photos` measured on the London set, or None.
        steps: what each step of the work on other people's faces brought, or None.
        clips: what `training.clips` counted in videos of people, or None.
    """

    description: Mapping[str, Any]
    outputs: Mapping[str, npt.NDArray[np.floating]]
    tiles: Tiles
    figures: Mapping[str, Any]
    flipped: Mapping[str, Any]
    fresh: Mapping[str, Any]
    slices: Sequence[Slice]
    ms: float
    compare: Any = None
    robustness: Any = None
    quantize: Any = None
    people: Any = None
    steps: Any = None
    clips: Any = None


def two_views(facts: Facts) -> bool:
    """Whether the network reads each face twice."""
    config = facts.description["training"]["config"]
    return bool(config["architecture"].get("views", 1) == 2)


def learnt_from_people(facts: Facts) -> bool:
    """Whether the London set was trained on, by `training.adapt`."""
    return bool(facts.description["training"].get("people_left_out"))


def percent(share: float) -> str:
    """A share in percent with one digit."""
    return f"{100 * share:.1f}"


def with_interval(figures: Mapping[str, Any]) -> str:
    """Accuracy in percent with its interval."""
    matrix = np.array(figures["confusion"])
    low, high = wilson_interval(int(np.trace(matrix)), int(matrix.sum()))
    return f"**{100 * figures['accuracy']:.2f}** ({percent(low)}–{percent(high)})"


def judged(facts: Facts, head: str) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.int64]]:
    """Probabilities and labels of the images that count for a head."""
    assert facts.tiles.votes is not None
    by_majority = ferplus_majority(facts.tiles.votes)
    labels = facts.tiles.labels if head == "fer2013" else by_majority
    kept = (labels >= 0) & (labels < facts.outputs[head].shape[1])
    return facts.outputs[head][kept], labels[kept]


def sensitivity(facts: Facts) -> tuple[float, float, float]:
    """Mean recall of the six by what the application shows, and its interval."""
    probabilities, labels = judged(facts, "emotion")
    shown = probabilities.argmax(axis=1)

    def mean_recall(drawn: npt.NDArray[np.int64]) -> float:
        matrix = confusion_matrix(shown[drawn], labels[drawn], len(FER2013))
        return float(np.nanmean(recalls(matrix)[SIX]))

    everything = np.arange(len(labels))
    return mean_recall(everything), *bootstrap_interval(mean_recall, len(labels))
