"""Reads the expressions of followed faces, those first that were not read for longest."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection
from overlay.perception.personal import Personal
from overlay.perception.smoothing import EmotionSmoother, OwnLabelSmoother, judge, to_emotion
from overlay.scene import Emotion, Image


@dataclass
class _Known:
    """What is known of one face."""

    smoother: EmotionSmoother
    own: OwnLabelSmoother = field(default_factory=OwnLabelSmoother)
    read_s: float = -math.inf
    luminance: float | None = None


class Reader:
    """The network and what it has read of each face.

    Args:
        model: The expression network; by default the one that comes with the application.

    Attributes:
        personal: Adapts the readings to one person; None for as the network reads everybody.

    Raises:
        ModelError: The model is missing, altered, or does not keep the contract.
    """

    def __init__(self, model: Path | None = None) -> None:
        self.personal: Personal | None = None
        self._classifier = Classifier(model)
        self._known: dict[int, _Known] = {}

    def read(
        self, image: Image, faces: Mapping[int, Detection], time_s: float, most: int | None = None
    ) -> None:
        """Read faces and smooth over time.

        Args:
            image: uint8 [height, width, 3], BGR.
            faces: Where they are, by track number.
            time_s: When the picture was taken.
            most: How many are read at most, those first that were not read for longest; None
                for all.
        """
        for number in faces:
            if number not in self._known:
                smoother = EmotionSmoother(self._classifier.unsure_below)
                self._known[number] = _Known(smoother)
        due = sorted(faces, key=lambda number: self._known[number].read_s)[:most]
        readings, owns, lights = self._classify(image, [faces[number] for number in due])
        for number, probabilities, own, light in zip(due, readings, owns, lights, strict=True):
            known = self._known[number]
            known.smoother.update(probabilities, time_s)
            known.own.update(own, time_s)
            known.read_s, known.luminance = time_s, light

    def emotion(self, number: int) -> Emotion | None:
        """What a face looks like; None before it was read."""
        known = self._known.get(number)
        if known is None or known.smoother.emotion is None:
            return None
        return replace(known.smoother.emotion, own=known.own.label)

    def read_s(self, number: int) -> float | None:
        """Time of the frame in which a face was last read; None before it was read."""
        known = self._known.get(number)
        return known.read_s if known and known.smoother.emotion else None

    def luminance(self, number: int) -> float | None:
        """Mean gray of a face's last crop, 0 to 255; None before it was read."""
        known = self._known.get(number)
        return known.luminance if known else None

    def keep(self, numbers: Collection[int]) -> None:
        """Forget all other faces."""
        self._known = {number: self._known[number] for number in numbers if number in self._known}

    def read_alone(self, image: Image, faces: list[Detection]) -> list[tuple[Emotion, float]]:
        """The network's own judgement and the mean gray of each crop, nothing remembered."""
        readings, owns, lights = self._classify(image, faces)
        emotions = [
            replace(to_emotion(read, judge(read, self._classifier.unsure_below)), own=own)
            for read, own in zip(readings, owns, strict=True)
        ]
        return list(zip(emotions, lights, strict=True))

    def _classify(
        self, image: Image, faces: list[Detection]
    ) -> tuple[npt.NDArray[np.float32], list[str | None], list[float]]:
        """Of N faces: probabilities [N, 7], the person's own labels, mean gray of the crops."""
        if not faces:
            return np.empty((0, 7), np.float32), [], []
        crops = crop_faces(image, [(f.box, f.keypoints) for f in faces], self._classifier.size)
        lights = crops.mean(axis=(1, 2, 3)).tolist()
        reading = self._classifier.classify(crops)
        if self.personal is None:
            return reading.emotion, [None] * len(faces), lights
        adapted = self.personal.adapt(reading.embedding, reading.emotion)
        return adapted, self.personal.own_labels(reading.embedding), lights
