"""Reads the expressions of tracked faces, the least recently read first."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overlay.perception.change import greatest_change
from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection
from overlay.perception.doubt import Doubt, doubt_about
from overlay.perception.personal import Personal
from overlay.perception.resting import RestingFace
from overlay.perception.smoothing import EmotionSmoother, OwnLabelSmoother, judge, to_emotion
from overlay.scene import UNSURE, Emotion, Image

# A crop in which no spot changed by more than this shows the same expression, in gray levels.
# On real clips, readings of such crops differ less than readings of successive frames.
_SAME = 10.0
# Side of a spot, in pixels of the crop; small enough that an eyelid does not average out.
_SPOT = 5

_Crop = npt.NDArray[np.uint8]


class _Said(NamedTuple):
    """What is read in one face: probabilities [7], a label of the person's own, and doubts."""

    probabilities: npt.NDArray[np.float32]
    own: str | None
    doubt: Doubt


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """The network's answer for a crop."""

    crop: _Crop
    time_s: float
    said: _Said

    def holds(self, crop: _Crop, time_s: float, still_s: float) -> bool:
        """Whether it is valid for another crop, taken at `time_s`."""
        fresh = time_s - self.time_s < still_s
        return fresh and greatest_change(self.crop, crop, _SPOT) <= _SAME


@dataclass
class _Known:
    """What is known of one face."""

    smoother: EmotionSmoother
    resting: RestingFace | None = None
    own: OwnLabelSmoother = field(default_factory=OwnLabelSmoother)
    answer: _Answer | None = None
    read_s: float = -math.inf
    luminance: float | None = None

    def needs_answer(self, crop: _Crop, time_s: float, still_s: float) -> bool:
        """Whether the network has to classify this crop."""
        return self.answer is None or not self.answer.holds(crop, time_s, still_s)

    def smooth(self, luminance: float, time_s: float) -> None:
        """Take the answer as the reading at `time_s`."""
        assert self.answer is not None
        read, own, doubt = self.answer.said
        if self.resting is not None:
            if doubt.reason is None:
                self.resting.observe(read, time_s)
            read = self.resting.allow_for(read)
        self.smoother.update(read, time_s, doubt.unsure_below)
        self.own.update(own, time_s)
        self.read_s, self.luminance = time_s, luminance


class Reader:
    """The network and its readings of each face.

    Args:
        classifier: The expression network.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._personal: Personal | None = None
        self._classifier = classifier
        self._known: dict[int, _Known] = {}

    def personalize(self, personal: Personal | None) -> None:
        """Adapt all readings from now on to one person, or to nobody if None.

        What was learnt of resting faces is forgotten. It is not learnt while there is a person
        to adapt to, who taught the application their own neutral face.
        """
        self._personal = personal
        for known in self._known.values():
            known.answer = None
        self.forget_resting()

    def forget_resting(self) -> None:
        """Learn all resting faces again."""
        for known in self._known.values():
            known.resting = self._new_resting()

    def read(
        self,
        image: Image,
        faces: Mapping[int, Detection],
        time_s: float,
        *,
        most: int | None = None,
        still_s: float = 0.0,
    ) -> None:
        """Read faces and smooth over time.

        Args:
            image: uint8 [height, width, 3], BGR.
            faces: The faces, by track number.
            time_s: The time of the frame.
            most: How many to read at most, the least recently read first; None for all.
            still_s: How long a face's reading is kept while its crop stays the same, in seconds.
        """
        for number in faces:
            if number not in self._known:
                smoother = EmotionSmoother(self._classifier.unsure_below)
                self._known[number] = _Known(smoother, self._new_resting())
        due = sorted(faces, key=lambda number: self._known[number].read_s)[:most]
        crops = self._crop(image, [faces[number] for number in due])
        known = [self._known[number] for number in due]
        rows = [
            i for i, each in enumerate(known) if each.needs_answer(crops[i, 0], time_s, still_s)
        ]
        unread = [faces[due[row]] for row in rows]
        for row, said in zip(rows, self._ask(crops[rows], unread), strict=True):
            known[row].answer = _Answer(crops[row, 0], time_s, said)
        for each, luminance in zip(known, _luminances(crops), strict=True):
            each.smooth(luminance, time_s)

    def emotion(self, number: int) -> Emotion | None:
        """What a face looks like; None if it has not been read yet."""
        known = self._known.get(number)
        if known is None or known.smoother.emotion is None:
            return None
        assert known.answer is not None
        emotion = known.smoother.emotion
        return replace(
            emotion,
            own=known.own.label,
            reason=known.answer.said.doubt.reason if emotion.label == UNSURE else None,
            resting=known.resting is not None and known.resting.learnt,
        )

    def read_s(self, number: int) -> float | None:
        """Time of the frame in which a face was last read, or was found unchanged since then.

        None if it has not been read yet.
        """
        known = self._known.get(number)
        return known.read_s if known and known.smoother.emotion else None

    def luminance(self, number: int) -> float | None:
        """Mean gray level of a face's last crop, 0 to 255; None if it has not been read yet."""
        known = self._known.get(number)
        return known.luminance if known else None

    def keep(self, numbers: Collection[int]) -> None:
        """Forget all faces but these."""
        self._known = {number: self._known[number] for number in numbers if number in self._known}

    def read_alone(self, image: Image, faces: list[Detection]) -> list[tuple[Emotion, float]]:
        """Emotion and mean gray level of each face, without smoothing or remembering anything."""
        crops = self._crop(image, faces)
        emotions = []
        for read, own, doubt in self._ask(crops, faces):
            emotion = to_emotion(read, judge(read, doubt.unsure_below))
            reason = doubt.reason if emotion.label == UNSURE else None
            emotions.append(replace(emotion, own=own, reason=reason))
        return list(zip(emotions, _luminances(crops), strict=True))

    def _crop(self, image: Image, faces: list[Detection]) -> _Crop:
        return crop_faces(image, [(f.box, f.keypoints) for f in faces], self._classifier.size)

    def _new_resting(self) -> RestingFace | None:
        typical = self._classifier.resting
        return RestingFace(typical) if typical is not None and self._personal is None else None

    def _ask(self, crops: _Crop, faces: list[Detection]) -> list[_Said]:
        """What the network says of the crops of faces."""
        if not len(crops):
            return []
        reading = self._classifier.classify(crops)
        read = reading.emotion
        own: list[str | None] = [None] * len(crops)
        if self._personal is not None:
            read = self._personal.adapt(reading.embedding, read)
            own = self._personal.own_labels(reading.embedding)
        doubts = [
            doubt_about(face, covered, quality, self._classifier.unsure_below)
            for face, covered, quality in zip(faces, reading.covered, reading.quality, strict=True)
        ]
        return [_Said(*each) for each in zip(read, own, doubts, strict=True)]


def _luminances(crops: _Crop) -> list[float]:
    """Mean gray level of each crop, 0 to 255."""
    return [float(each) for each in crops.mean(axis=(1, 2, 3))]
