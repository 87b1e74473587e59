"""Turns noisy readings into steady labels."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from overlay.scene import EMOTIONS, UNSURE, Emotion

# Time constant with which readings fade, in seconds: a clear smile outweighs a neutral face after
# 0.7 of it.
_FADE_S = 0.35
# Another label must lead by this probability, and for this long, in seconds.
_LEAD = 0.1
_HOLD_S = 0.12
# How far an unsure face must exceed the threshold to get a label again.
_UNSURE_GAP = 0.05
# A face that is hard to read needs a higher probability than others for a label. It keeps one with
# less: the threshold goes down by this share of the difference. So a small face, whose readings
# scatter, does not switch between a label and `UNSURE`.
_KEPT = 0.5
# Lower probabilities are raised to this, so that one overconfident reading does not dominate.
_FLOOR = 0.01
# Shares of the recent readings above which an own label appears, and below which it disappears.
_OWN_APPEARS, _OWN_GOES = 0.6, 0.4


class EmotionSmoother:
    """Smooths the readings of one face over time.

    The logarithms of the probabilities are averaged with weights that fade exponentially with
    time, not with frames, so the result is the same at 5 and at 30 readings per second. The label
    changes only if another one leads clearly for a while (hysteresis), and is `UNSURE` while no
    emotion is probable enough. The first reading is shown as `judge` would have it.

    Args:
        unsure_below: The lowest probability of a label, 0 to 1.

    Attributes:
        emotion: The smoothed reading, or None before the first one.
    """

    def __init__(self, unsure_below: float) -> None:
        self.emotion: Emotion | None = None
        self._usual = self._unsure_below = self._kept_from = unsure_below
        self._logits: npt.NDArray[np.float64] | None = None
        self._time_s = 0.0
        self._label = UNSURE
        self._rival = UNSURE
        self._rival_since_s = 0.0

    def update(
        self,
        probabilities: npt.NDArray[np.floating],
        time_s: float,
        unsure_below: float | None = None,
    ) -> None:
        """Add a reading.

        Args:
            probabilities: [7], in the order of `EMOTIONS`.
            time_s: When the frame was taken.
            unsure_below: The least probability that earns a face in this picture a label, above
                1 if none does; None for that of the network. It fades as readings do.
        """
        wanted = self._usual if unsure_below is None else unsure_below
        kept_from = wanted if wanted > 1 else wanted - _KEPT * (wanted - self._usual)
        logits = np.log(np.maximum(probabilities, _FLOOR))
        if self._logits is None:
            self._logits = logits
            self._unsure_below, self._kept_from = wanted, kept_from
            smoothed = _softmax(logits)
            self._label = self._rival = judge(probabilities, wanted)
        else:
            seconds = max(0.0, time_s - self._time_s)
            fresh = 1 - math.exp(-seconds / _FADE_S)
            self._logits = self._logits + fresh * (logits - self._logits)
            self._unsure_below += fresh * (wanted - self._unsure_below)
            self._kept_from += fresh * (kept_from - self._kept_from)
            smoothed = _softmax(self._logits)
            self._reconsider(smoothed, time_s)
        self._time_s = time_s
        self.emotion = to_emotion(smoothed, self._label)

    def _reconsider(self, probabilities: npt.NDArray[np.float64], time_s: float) -> None:
        """Change the label if another one has been better for long enough."""
        better = self._better(probabilities)
        if better == self._label or better != self._rival:
            self._rival, self._rival_since_s = better, time_s
        elif time_s - self._rival_since_s >= _HOLD_S:
            self._label = better

    def _better(self, probabilities: npt.NDArray[np.float64]) -> str:
        """The label by the probabilities alone, with a preference for the current one."""
        if self._label == UNSURE:
            return judge(probabilities, min(1.0, self._unsure_below + _UNSURE_GAP))
        best = judge(probabilities, self._kept_from)
        if best == UNSURE:
            return best
        lead = probabilities.max() - probabilities[_INDEX[self._label]]
        return best if lead >= _LEAD else self._label


class OwnLabelSmoother:
    """Smooths the own label of one face: it is shown while most recent readings have it.

    Attributes:
        label: The label to show, or None.
    """

    def __init__(self) -> None:
        self.label: str | None = None
        self._shares: dict[str, float] = {}
        self._time_s = -math.inf

    def update(self, label: str | None, time_s: float) -> None:
        """Add the own label, or None, of a reading at `time_s`, in seconds."""
        fresh = 1 - math.exp(-max(0.0, time_s - self._time_s) / _FADE_S)
        self._time_s = time_s
        self._shares = {name: share * (1 - fresh) for name, share in self._shares.items()}
        if label is not None:
            self._shares[label] = self._shares.get(label, 0.0) + fresh
        if self.label is not None and self._shares.get(self.label, 0.0) < _OWN_GOES:
            self.label = None
        for name, share in self._shares.items():
            if share > _OWN_APPEARS:
                self.label = name


def judge(probabilities: npt.NDArray[np.floating], unsure_below: float) -> str:
    """The most probable emotion, or `UNSURE` if it is not probable enough."""
    best = int(probabilities.argmax())
    return EMOTIONS[best] if probabilities[best] >= unsure_below else UNSURE


def to_emotion(probabilities: npt.NDArray[np.floating], label: str) -> Emotion:
    """Combine a label and the seven probabilities."""
    values = tuple(float(p) for p in probabilities)
    return Emotion(label, values[_INDEX[label]] if label in _INDEX else max(values), values)


_INDEX: dict[str, int] = {name: i for i, name in enumerate(EMOTIONS)}


def _softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    exponentials = np.exp(logits - logits.max())
    return np.asarray(exponentials / exponentials.sum())
