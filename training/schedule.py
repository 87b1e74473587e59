"""The learning rate during a run, and when to stop early."""

from __future__ import annotations

import math

from training.config import Config

REDUCTION = 0.3


class Schedule:
    """Linear warm-up, then a cosine to zero, or a rate that falls whenever progress stalls.

    The plateau kind multiplies the rate by `REDUCTION` after `patience` epochs without a new best
    score, as PyTorch's ReduceLROnPlateau does. Early stopping ends a run of either kind after
    `early_stopping` such epochs. Both depend on the score that they are given, so the data behind
    it no longer counts as unseen; the shipped model was trained with a plain cosine.
    """

    def __init__(self, config: Config, steps_per_epoch: int) -> None:
        self._config = config
        self._steps = steps_per_epoch
        self._best = -math.inf
        self._since_best = 0
        self._since_reduction = 0
        self._reductions = 0

    def factor(self, step: int) -> float:
        """The factor of the full learning rates at a step, counted from 0."""
        warm = max(self._config.warmup_epochs * self._steps, 1)
        rise = min((step + 1) / warm, 1)
        if self._config.schedule == "plateau":
            return rise * REDUCTION**self._reductions
        total = self._config.epochs * self._steps
        done = max(step - warm, 0) / max(total - warm, 1)
        return rise * 0.5 * (1 + math.cos(math.pi * min(done, 1)))

    def epoch_ended(self, score: float) -> None:
        """Record the score after an epoch; higher is better."""
        if score > self._best:
            self._best = score
            self._since_best = self._since_reduction = 0
            return
        self._since_best += 1
        self._since_reduction += 1
        if self._since_reduction >= self._config.patience:
            self._reductions += 1
            self._since_reduction = 0

    @property
    def stalled(self) -> bool:
        """Whether early stopping ends the run now."""
        return 0 < self._config.early_stopping <= self._since_best

    def state(self) -> dict[str, float]:
        """The state to keep in a checkpoint."""
        return {
            "best": self._best,
            "since_best": self._since_best,
            "since_reduction": self._since_reduction,
            "reductions": self._reductions,
        }

    def load(self, state: dict[str, float]) -> None:
        """Continue from a checkpoint."""
        self._best = state["best"]
        self._since_best = int(state["since_best"])
        self._since_reduction = int(state["since_reduction"])
        self._reductions = int(state["reductions"])
