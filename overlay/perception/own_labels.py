"""Labels of a person's own, such as "confused", learnt from at least five pictures each.

A label has a prototype, the mean direction of its references' embeddings seen from the middle of
a population of other people's faces (Snell et al., "Prototypical networks", NeurIPS 2017). A face
gets the label only when it is clearly nearer to that prototype than to anything else: nearer by a
margin than to each of the seven expressions of the population and of the person, and to the
person's other labels; nearer than 99 of 100 faces of the population; and about as near as the
references are to each other. It never takes part in the probabilities of the seven.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

#: A label needs at least so many references.
FEWEST_REFERENCES = 5

# How much nearer than to anything else, as a cosine.
_MARGIN = 0.05
# How much further than the average reference from the others, in their standard deviations.
_SPREADS = 2.0
# The share of the population that may be nearer than the threshold.
_MOST_FALSE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class OwnLabels:
    """What is needed to recognise a person's own labels.

    Attributes:
        names: The labels.
        center: float [D], the middle of the population's embeddings.
        prototypes: float [L, D], unit vectors, one for each label.
        thresholds: float [L], the least cosine to the prototype.
        rivals: float [R, D], unit vectors of what is none of these labels.
    """

    names: tuple[str, ...]
    center: Floats
    prototypes: Floats
    thresholds: Floats
    rivals: Floats

    def recognise(self, embeddings: Floats) -> list[str | None]:
        """The label of each of N faces [N, D], or None where none is clearly nearest."""
        directions = _directions(embeddings, self.center)
        near = directions @ self.prototypes.T
        everything = np.hstack([near, directions @ self.rivals.T])
        best = near.argmax(axis=1)
        found: list[str | None] = []
        for row, label in enumerate(best):
            others = np.delete(everything[row], label).max(initial=-1.0)
            clear = near[row, label] >= max(self.thresholds[label], others + _MARGIN)
            found.append(self.names[label] if clear else None)
        return found


def learn_own_labels(
    own: Mapping[str, Floats],
    expressions: Mapping[str, Floats],
    population: Mapping[str, Floats],
) -> OwnLabels:
    """Learn labels from references.

    Args:
        own: Embeddings [N, D] of each label's references, at least `FEWEST_REFERENCES`.
        expressions: Embeddings of the person's references for the seven expressions.
        population: Embeddings of other people's faces, for each of the seven expressions.
    """
    everybody = np.concatenate(list(population.values()))
    center = everybody.mean(axis=0)
    crowd = _directions(everybody, center)
    rivals = [
        _prototype(_directions(e, center)) for e in (*population.values(), *expressions.values())
    ]
    prototypes, thresholds = [], []
    for embeddings in own.values():
        directions = _directions(embeddings, center)
        prototype = _prototype(directions)
        prototypes.append(prototype)
        crowded = float(np.quantile(crowd @ prototype, 1 - _MOST_FALSE))
        thresholds.append(max(crowded, _reach(directions)))
    return OwnLabels(
        tuple(own), center, np.array(prototypes), np.array(thresholds), np.array(rivals)
    )


def recognised_left_out(
    name: str,
    own: Mapping[str, Floats],
    expressions: Mapping[str, Floats],
    population: Mapping[str, Floats],
) -> int:
    """How many references of a label are recognised when they are left out in turn."""
    references = own[name]
    right = 0
    for i in range(len(references)):
        rest = {**own, name: np.delete(references, i, axis=0)}
        learnt = learn_own_labels(rest, expressions, population)
        right += learnt.recognise(references[i : i + 1]) == [name]
    return right


def _reach(directions: Floats) -> float:
    """How near to the prototype of the others a reference can be expected."""
    near = [
        float(directions[i] @ _prototype(np.delete(directions, i, axis=0)))
        for i in range(len(directions))
    ]
    return float(np.mean(near) - _SPREADS * np.std(near, ddof=1))


def _prototype(directions: Floats) -> Floats:
    mean = directions.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6))


def _directions(embeddings: Floats, center: Floats) -> Floats:
    away = np.asarray(embeddings, np.float64) - center
    return np.asarray(away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6))
