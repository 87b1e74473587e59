"""Labels of a person's own, such as "confused", learnt from at least five pictures each.

A label has a prototype, the mean direction of its references' embeddings seen from the middle of
a population of other people's faces (Snell et al., "Prototypical networks", NeurIPS 2017). A face
gets the label only when it is clearly nearer to that prototype than to anything else: its distance
is at most 0.8 of that to the next, as in the ratio test of Lowe (IJCV 2004), be that one of the
seven expressions of the population or of the person, or another label of theirs; and it lies
beyond half of the way from the nearest faces of the population to the references. A label of
one's own never takes part in the probabilities of the seven.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

#: A label needs at least so many references.
FEWEST_REFERENCES = 5

# The distance to the label, as a part of that to anything else, must not exceed this.
_RATIO = 0.8
# References reach so many standard deviations further out than they are on average.
_SPREADS = 2.0
# The nearest faces of the population are this share of it.
_NEAREST = 0.01


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
            inside = near[row, label] >= self.thresholds[label]
            clear = 1 - near[row, label] <= _RATIO * (1 - others)
            found.append(self.names[label] if inside and clear else None)
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
        crowded = float(np.quantile(crowd @ prototype, 1 - _NEAREST))
        thresholds.append((crowded + max(crowded, _reach(directions))) / 2)
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
