"""Reads the expressions of tracked faces, the least recently read first."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from overlay.perception.change import greatest_change
from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection
from overlay.perception.personal import Personal
from overlay.perception.smoothing import EmotionSmoother, OwnLabelSmoother, judge, to_emotion
from overlay.scene import Emotion, Image

# A crop in which no spot changed by more than this shows the same expression, in gray levels.
# On real clips, readings of such crops differ less than readings of successive frames.
_SAME = 10.0
# Side of a spot, in pixels of the crop; small enough that an eyelid does not average out.
_SPOT = 5

_Crop = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """The network's answer for a crop."""

    crop: _Crop
    time_s: float
    probabilities: npt.NDArray[np.float32]
    own: str | None

    def holds(self, crop: _Crop, time_s: float, still_s: float) -> bool:
        """Whether it is valid for another crop, taken at `time_s`."""
        fresh = time_s - self.time_s < still_s
        return fresh and greatest_change(self.crop, crop, _SPOT) <= _SAME


@dataclass
class _Known:
    """What is known of one face."""

    smoother: EmotionSmoother
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
        self.smoother.update(self.answer.probabilities, time_s)
        self.own.update(self.answer.own, time_s)
        self.read_s, self.luminance = time_s, luminance


class Reader:
    """The network and its readings of each face.

    Args:
        model: The expression network; by default the one that comes with the application.

    Raises:
        ModelError: The model is missing, altered, or does not meet the contract.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._personal: Personal | None = None
        self._classifier = Classifier(model)
        self._known: dict[int, _Known] = {}

    def personalize(self, personal: Personal | None) -> None:
        """Adapt all readings from now on to one person, or to nobody if None."""
        self._personal = personal
        for known in self._known.values():
            known.answer = None

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
                self._known[number] = _Known(smoother)
        due = sorted(faces, key=lambda number: self._known[number].read_s)[:most]
        crops = self._crop(image, [faces[number] for number in due])
        known = [self._known[number] for number in due]
        rows = [
            i for i, each in enumerate(known) if each.needs_answer(crops[i, 0], time_s, still_s)
        ]
        for row, probabilities, own in zip(rows, *self._classify(crops[rows]), strict=True):
            known[row].answer = _Answer(crops[row, 0], time_s, probabilities, own)
        for each, luminance in zip(known, _luminances(crops), strict=True):
            each.smooth(luminance, time_s)

    def emotion(self, number: int) -> Emotion | None:
        """What a face looks like; None if it has not been read yet."""
        known = self._known.get(number)
        if known is None or known.smoother.emotion is None:
            return None
        return replace(known.smoother.emotion, own=known.own.label)

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
        emotions = [
            replace(to_emotion(read, judge(read, self._classifier.unsure_below)), own=own)
            for read, own in zip(*self._classify(crops), strict=True)
        ]
        return list(zip(emotions, _luminances(crops), strict=True))

    def _crop(self, image: Image, faces: list[Detection]) -> _Crop:
        return crop_faces(image, [(f.box, f.keypoints) for f in faces], self._classifier.size)

    def _classify(self, crops: _Crop) -> tuple[npt.NDArray[np.float32], list[str | None]]:
        """Probabilities [N, 7] of N crops, and the person's own labels."""
        if not len(crops):
            return np.empty((0, 7), np.float32), []
        reading = self._classifier.classify(crops)
        if self._personal is None:
            return reading.emotion, [None] * len(crops)
        adapted = self._personal.adapt(reading.embedding, reading.emotion)
        return adapted, self._personal.own_labels(reading.embedding)


def _luminances(crops: _Crop) -> list[float]:
    """Mean gray level of each crop, 0 to 255."""
    return [float(each) for each in crops.mean(axis=(1, 2, 3))]
