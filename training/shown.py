"""What the application should show for a face on which two label sets disagree.

FER2013 gives the word a face was found by, FER+ what ten people saw (Barsoum et al., ICMI 2016).
Where both name one emotion, that is the target. Where FER2013 names an emotion and most of the ten
saw a calm face, the expression is *weak*: both are right, and the face counts less. Where they name
two emotions they *contradict* each other, and the face counts least.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from training.data import FER2013, NEUTRAL, Tiles, fer2013_targets, ferplus_targets
from training.metrics import ferplus_majority

# How much a face counts.
AGREED, WEAK, CONTRADICTORY = 1.0, 0.6, 0.4


class ShownTargets(NamedTuple):
    """Targets of the head that is shown.

    Attributes:
        distribution: float32 [N, 7], over `FER2013`; rows sum to 1.
        weight: float32 [N], how much each face counts, 0 to 1.
        margin: float32 [N], 1 where both label sets call the face calm, -1 where both call it
            the same emotion, else 0.
    """

    distribution: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]
    margin: npt.NDArray[np.float32]


def shown_targets(tiles: Tiles) -> ShownTargets:
    """The targets for tiles with FER+ votes: the mean of the label and of the votes."""
    assert tiles.votes is not None
    labels = fer2013_targets(tiles)
    votes, says = ferplus_targets(tiles.votes)
    seven = votes[:, : len(FER2013)]
    share = seven.sum(axis=1)
    seven = np.where(share[:, None] > 0, seven / np.maximum(share, 1e-6)[:, None], labels)
    found, seen = labels.argmax(axis=1), seven.argmax(axis=1)
    agreed = found == seen
    weak = ~agreed & ((found == NEUTRAL) | (seen == NEUTRAL))
    weight = np.select([agreed, weak], [AGREED, WEAK], CONTRADICTORY) * says * share
    margin = np.where(agreed, np.where(seen == NEUTRAL, 1.0, -1.0), 0.0)
    return ShownTargets(
        ((labels + seven) / 2).astype(np.float32),
        weight.astype(np.float32),
        margin.astype(np.float32),
    )


def agreed_labels(tiles: Tiles) -> npt.NDArray[np.int64]:
    """The class [N] that FER2013 and the majority of FER+ both name, or -1."""
    assert tiles.votes is not None
    return np.where(ferplus_majority(tiles.votes) == tiles.labels, tiles.labels, -1)
