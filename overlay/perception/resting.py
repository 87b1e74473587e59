"""A person's own resting face, learnt while they are in view.

Some people look stern, or sad, or half smiling when they feel nothing. Most of the time of a call
a face is at rest, so the median of what was read in it is what this person's resting face looks
like; how that differs from other people's is taken off every reading. A median over at least
`LEARNT_S` never follows what is held for less than half of that, so an expression held for twenty
seconds is not learnt. What is learnt are seven numbers a second, forgotten with the face.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

#: Nothing is allowed for before a face was seen for so long, in seconds.
LEARNT_S = 45
#: What was read longer ago than this is forgotten, in seconds of being read.
KEPT_S = 300

# One reading in so many seconds is kept.
_EVERY_S = 1.0
# Of the difference so much is taken off, and at most so much of each logit: a face that has
# looked angry for minutes may be.
_SHARE, _MOST = 0.7, 2.0
# Once the resting face is known, calm readings scatter less, so the neutral logit can be lower by
# this: on the London set, resting faces from varied views of the neutral picture, all calm faces
# stayed neutral and 88 % of smiles were happy, read by networks that had not seen the person.
_BOLDER = 0.8
_TINY = 1e-6


class RestingFace:
    """The resting face of one track.

    Args:
        typical: [7], the logarithm of each emotion's odds to neutral on other people's calm faces.
    """

    def __init__(self, typical: Floats) -> None:
        self._typical = typical
        self._kept: deque[Floats] = deque(maxlen=round(KEPT_S / _EVERY_S))
        self._kept_s = -np.inf
        self._offset: Floats = np.zeros(len(typical))

    @property
    def learnt(self) -> bool:
        """Whether readings are changed."""
        return len(self._kept) * _EVERY_S >= LEARNT_S

    def observe(self, probabilities: Floats, time_s: float) -> None:
        """Learn from a reading [7] of a clear face, taken at a time in seconds."""
        if 0 <= time_s - self._kept_s < _EVERY_S:
            return
        self._kept_s = time_s
        logits = np.log(np.maximum(probabilities, _TINY))
        self._kept.append(logits - logits[-1])
        if self.learnt:
            usual = np.median(np.stack(self._kept), axis=0)
            self._offset = np.clip(_SHARE * (usual - self._typical), -_MOST, _MOST)

    def allow_for(self, probabilities: Floats) -> npt.NDArray[np.float32]:
        """A reading [7] as it would be with other people's resting face."""
        if not self.learnt:
            return np.asarray(probabilities, np.float32)
        odds = np.maximum(probabilities, _TINY) * np.exp(-self._offset)
        odds[-1] *= np.exp(-_BOLDER)
        return np.asarray(odds / odds.sum(), np.float32)
