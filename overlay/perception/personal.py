"""Adapts the network's readings to one person from a few reference pictures.

The network itself does not change. A small linear head on the length-normalised embedding is added
to its logits: the smallest change, in the L2 sense, that explains the references. This is
multinomial logistic regression with the network as its prior. Unlike Tip-Adapter (Zhang et al.,
ECCV 2022), which adds every reference to the logits, a reference that is already read correctly
adds almost nothing. The more references, the less the prior counts.

Expressions without references are left alone: the head only redistributes the probability that
the network gives to the expressions it was fitted on, which are those with references and those
that a reference was mistaken for (`Personal.touched`).

The strength of the head is chosen by leaving out each reference in turn and predicting it from
the others. If that is not clearly better than the network alone, nothing is changed.

`training/few_shot.md` reports the alternatives that were measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from overlay.perception.own_labels import OwnLabels
from overlay.scene import EMOTIONS

Floats = npt.NDArray[np.floating]

#: The strength if leaving one out says nothing, because no expression has two references.
DEFAULT_STRENGTH = 3.0
#: The strengths to choose from; 0 is the network alone.
STRENGTHS = (0.0, 1.0, DEFAULT_STRENGTH, 10.0)

_NEUTRAL = EMOTIONS.index("neutral")
_ITERATIONS = 100
_TINY = 1e-6
# A logit of probability 0 that can still be subtracted from itself.
_NOTHING = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """The network's outputs for a person's reference pictures.

    Attributes:
        labels: What each picture shows: one of `overlay.scene.EMOTIONS`, or one of the person's
            own labels.
        embeddings: float [N, D], as in `Reading.embedding`.
        probabilities: float [N, 7], as in `Reading.emotion`.
    """

    labels: tuple[str, ...]
    embeddings: Floats
    probabilities: Floats

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def counts(self) -> dict[str, int]:
        """The number of references of each label, in order of first appearance."""
        return dict(Counter(self.labels))

    def of(self, wanted: Sequence[str]) -> References:
        """The references with one of these labels."""
        index = [i for i, label in enumerate(self.labels) if label in wanted]
        return self.take(index)

    def take(self, index: Sequence[int]) -> References:
        """The references at these indices."""
        rows = np.asarray(index, np.int64)
        labels = tuple(self.labels[i] for i in rows)
        return References(labels, self.embeddings[rows], self.probabilities[rows])


class Personal:
    """Adapts readings to one person; pure arithmetic on the network's outputs.

    Args:
        references: The person's references; those with own labels count in `own` only.
        strength: How much the references outweigh the network; 0 is not at all. By default the
            one of `STRENGTHS` that best predicts references that were left out.
        spared: Expressions that must not change, even if references are mistaken for them.
        own: The person's own labels, or None.

    Attributes:
        strength: The strength in use.
        touched: The expressions whose probabilities are redistributed; the others never change.

    Example:
        >>> personal = Personal(references)  # doctest: +SKIP
        >>> probabilities = personal.adapt(reading.embedding, reading.emotion)  # doctest: +SKIP
    """

    def __init__(
        self,
        references: References,
        *,
        strength: float | None = None,
        spared: Collection[str] = (),
        own: OwnLabels | None = None,
    ) -> None:
        self._own = own
        problem = _Problem(references.of(EMOTIONS), spared)
        self.strength = problem.best_strength() if strength is None else strength
        allowed = problem.allowed(np.ones((1, problem.size)))[0]
        self._allowed = allowed if self.strength > 0 and allowed.sum() > 1 else np.zeros(7, bool)
        self.touched = tuple(np.array(EMOTIONS)[self._allowed].tolist())
        self._head = problem.head(self.strength) if self.touched else None

    def adapt(self, embeddings: Floats, probabilities: Floats) -> npt.NDArray[np.float32]:
        """The probabilities of N faces, adapted to this person.

        Args:
            embeddings: [N, D].
            probabilities: [N, 7], from the network.

        Returns:
            float32 [N, 7]; each row sums to 1.
        """
        if self._head is None:
            return np.asarray(probabilities, np.float32)
        logits = _log(probabilities) + _unit(embeddings) @ self._head
        return _share_out(probabilities, logits, self._allowed).astype(np.float32)

    def own_labels(self, embeddings: Floats) -> list[str | None]:
        """The person's own label of each face, or None."""
        if self._own is None:
            return [None] * len(embeddings)
        return self._own.recognise(embeddings)


def leave_one_out(
    references: References, strength: float, spared: Collection[str] = ()
) -> npt.NDArray[np.float32]:
    """The probabilities of each reference if it were not one of the references.

    Args:
        references: References of `EMOTIONS` only.
        strength: The strength chosen for all of them.
        spared: The expressions spared for all of them.

    Returns:
        float32 [N, 7].
    """
    return _Problem(references, spared).left_out(strength).astype(np.float32)


class _Problem:
    """The regression on one person's references, with all of them or with one left out."""

    def __init__(self, references: References, spared: Collection[str]) -> None:
        self.size = len(references)
        self._probabilities = np.asarray(references.probabilities, np.float64).reshape(-1, 7)
        self._labels = np.array([EMOTIONS.index(label) for label in references.labels], np.int64)
        self._targets = np.eye(7)[self._labels]
        self._units = _unit(np.asarray(references.embeddings, np.float64))
        self._kernel = self._units @ self._units.T
        self._read_as = np.eye(7)[self._probabilities.argmax(axis=1)]
        self._spared = np.array([name in spared for name in EMOTIONS])

    def allowed(self, present: Floats) -> npt.NDArray[np.bool_]:
        """Which expressions may change [B, 7], given the references present, 0 or 1 [B, N]."""
        touched = present @ (self._targets + self._read_as) > 0
        return np.asarray(touched & ~self._spared)

    def best_strength(self) -> float:
        """The weakest strength within one standard error of the best (Breiman et al., 1984)."""
        counts = np.bincount(self._labels, minlength=7)
        judged = np.flatnonzero(counts[self._labels] > 1)
        if not judged.size:
            return DEFAULT_STRENGTH if self.size else 0.0

        def loss(strength: float) -> Floats:
            right = self.left_out(strength)[judged, self._labels[judged]]
            return np.asarray(-np.log(np.maximum(right, _TINY)))

        losses = {strength: loss(strength) for strength in STRENGTHS}
        best = min(losses.values(), key=np.mean)

        def nearly_best(strength: float) -> bool:
            worse = losses[strength] - best
            return bool(worse.mean() <= worse.std(ddof=1) / np.sqrt(len(judged)))

        return min(filter(nearly_best, STRENGTHS))

    def head(self, strength: float) -> Floats:
        """The linear head [D, 7] fitted on all references."""
        present = np.ones((1, self.size))
        return np.asarray(self._units.T @ self._solve(strength, present)[0] * strength)

    def left_out(self, strength: float) -> Floats:
        """Each reference's probabilities [N, 7] by a head fitted on the others."""
        present = 1 - np.eye(self.size)
        duals = self._solve(strength, present)
        change = strength * np.einsum("bn,bnc->bc", self._kernel, duals)
        logits = _log(self._probabilities) + change
        return _share_out(self._probabilities, logits, self.allowed(present))

    def _solve(self, strength: float, present: Floats) -> Floats:
        """Dual weights [B, N, 7] of the heads of B sets of references, by Nesterov's method.

        At the optimum a reference's dual weight is its remaining error times its weight.
        """
        allowed = self.allowed(present)[:, None, :]
        weights = self._weights(present)[:, :, None]
        logits = np.where(allowed, _log(self._probabilities), _NOTHING)
        kernel = strength * self._kernel
        curvature = 1 + 0.5 * float(weights.max(initial=0)) * float(np.trace(kernel))
        momentum = (np.sqrt(curvature) - 1) / (np.sqrt(curvature) + 1)
        duals = ahead = np.zeros((len(present), self.size, 7))
        for _ in range(_ITERATIONS):
            errors = weights * (self._targets - _softmax(logits + kernel @ ahead))
            step = ahead + (errors - ahead) / curvature
            duals, ahead = step, step + momentum * (step - duals)
        return np.where(present[:, :, None] > 0, duals, 0.0)

    def _weights(self, present: Floats) -> Floats:
        """Neutral counts as much as all others together, because most faces are neutral."""
        others = (present @ np.delete(self._targets, _NEUTRAL, axis=1) > 0).sum(axis=1)
        neutral = np.maximum(others, 1)[:, None] * (self._labels == _NEUTRAL)
        return np.asarray(present * np.maximum(neutral, 1))


def _share_out(probabilities: Floats, logits: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """Redistribute the probability of the allowed expressions among them.

    Args:
        probabilities: [N, 7].
        logits: [N, 7], by which it is redistributed.
        allowed: [7], or [N, 7].
    """
    before = np.asarray(probabilities, np.float64)
    shared = np.where(allowed, before, 0.0).sum(axis=1, keepdims=True)
    anew = shared * _softmax(np.where(allowed, logits, _NOTHING))
    return np.asarray(np.where(allowed, anew, before))


def _log(probabilities: Floats) -> Floats:
    return np.log(np.maximum(np.asarray(probabilities, np.float64), _TINY))


def _unit(embeddings: Floats) -> Floats:
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(lengths, _TINY), np.float64)


def _softmax(logits: Floats) -> Floats:
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))
