"""A person's own labels, such as "confused", learnt from at least five pictures each.

A label has a prototype: the mean direction of its references' embeddings, seen from the mean of a
population of other people's faces (Snell et al., "Prototypical networks", NeurIPS 2017). A face
gets the label only if it is clearly closer to that prototype than to anything else, which is
another label of the person, or one of the seven expressions of the person or of the population:
the distance must be at most 0.8 of that to the next, as in the ratio test of Lowe (IJCV 2004). It
must also be past the midpoint between the closest faces of the population and the references. Own
labels never influence the probabilities of the seven expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

#: The number of references that a label needs.
FEWEST_REFERENCES = 5

# Greatest distance to the label, as a fraction of the distance to anything else.
_RATIO = 0.8
# References are expected to be up to this many standard deviations further out than on average.
_SPREADS = 2.0
# The fraction of the population that counts as its closest faces.
_NEAREST = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class OwnLabels:
    """Recognises a person's own labels.

    Attributes:
        names: The labels.
        center: float [D], mean of the population's embeddings.
        prototypes: float [L, D], unit vectors, one for each label.
        thresholds: float [L], the lowest cosine to the prototype.
        rivals: float [R, D], unit vectors of everything that is none of these labels.
    """

    names: tuple[str, ...]
    center: Floats
    prototypes: Floats
    thresholds: Floats
    rivals: Floats

    def recognise(self, embeddings: Floats) -> list[str | None]:
        """The label of each of N faces [N, D], or None if none is clearly the closest."""
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
    """How many references of a label are recognised if each is left out of learning in turn."""
    references = own[name]
    right = 0
    for i in range(len(references)):
        rest = {**own, name: np.delete(references, i, axis=0)}
        learnt = learn_own_labels(rest, expressions, population)
        right += learnt.recognise(references[i : i + 1]) == [name]
    return right


def _reach(directions: Floats) -> float:
    """The cosine that a reference can be expected to have to the prototype of the others."""
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
