"""Perception: a frame goes in, a `Scene` with tracked faces and their expressions comes out."""

from __future__ import annotations

import math
import time
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.classifier import Classifier
from overlay.perception.crop import crop_faces
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.smoothing import EmotionSmoother, judge, to_emotion
from overlay.perception.tracker import Tracker
from overlay.scene import Face, Frame, Image, Scene

__all__ = ["Perception"]

# A face that is already tracked is kept at this part of the detector's threshold.
_KEEP = 0.6


class Perception:
    """Finds faces, follows them and reads their expressions.

    Use it from one thread at a time, and close it or use it in a `with` statement.

    Args:
        model: The expression network; by default the one that comes with the application.
        detector_threshold: The least confidence for a face, 0 to 1.
        smooth: Whether successive frames belong together. With False each picture is judged
            alone: faces count from 1 in each, and labels are the network's own.

    Raises:
        ModelError: A model is missing, altered, or does not keep the contract.
        MissingLibraryError: A library of the operating system is missing.

    Example:
        >>> with Perception() as perception:  # doctest: +SKIP
        ...     for frame in source:
        ...         print([face.emotion.label for face in perception.perceive(frame)])
    """

    def __init__(
        self,
        *,
        model: Path | None = None,
        detector_threshold: float = 0.5,
        smooth: bool = True,
    ) -> None:
        self._smooth = smooth
        self._frames = 0
        self._last_s = -math.inf
        self._classifier = Classifier(model)
        self._detector = FaceDetector(threshold=detector_threshold * (_KEEP if smooth else 1))
        self._tracker = Tracker(start_score=detector_threshold)
        self._smoothers: dict[int, EmotionSmoother] = {}

    def perceive(self, frame: Frame | npt.NDArray[np.uint8], time_s: float | None = None) -> Scene:
        """Read one frame.

        Args:
            frame: A frame, or a bare picture: uint8 [height, width], or [height, width, 1, 3 or
                4] as gray, BGR or BGRA.
            time_s: Time of a bare picture in seconds; by default `time.monotonic()`. When time
                goes back, as where a clip starts again, all faces are forgotten.

        Returns:
            The faces, largest first, in pixels of the frame.

        Raises:
            ValueError: The picture has another shape or type.
        """
        if not isinstance(frame, Frame):
            at = time.monotonic() if time_s is None else time_s
            frame = Frame(np.asarray(frame), at, self._frames)
        self._frames += 1
        image = _as_bgr(frame.image)
        detections = self._detector.detect(image)
        faces = (
            self._follow(image, detections, frame.time_s)
            if self._smooth
            else self._judge_alone(image, detections)
        )
        height, width = image.shape[:2]
        faces.sort(key=lambda face: (-face.box.area, face.id))
        return Scene(frame.index, frame.time_s, width, height, tuple(faces))

    def reset(self) -> None:
        """Forget all faces, as for another clip; their numbers are not used again."""
        self._tracker.forget()
        self._smoothers.clear()

    def close(self) -> None:
        """Release the models; safe to call twice."""
        self._detector.close()

    def __enter__(self) -> Perception:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _follow(self, image: Image, detections: list[Detection], time_s: float) -> list[Face]:
        """The faces of a frame that continues the one before."""
        if time_s < self._last_s:
            self.reset()
        self._last_s = time_s
        tracks = self._tracker.update(detections, time_s)
        seen = [(track.id, track.seen) for track in tracks if track.seen is not None]
        readings, brightness = self._read(image, [detection for _, detection in seen])
        luminance = {number: light for (number, _), light in zip(seen, brightness, strict=True)}
        known = {track.id: self._smoothers.get(track.id) for track in self._tracker.tracks}
        self._smoothers = {number: s for number, s in known.items() if s is not None}
        for (number, _), probabilities in zip(seen, readings, strict=True):
            if number not in self._smoothers:
                self._smoothers[number] = EmotionSmoother(self._classifier.unsure_below)
            self._smoothers[number].update(probabilities, time_s)
        return [
            Face(
                id=track.id,
                box=track.box,
                score=track.score,
                keypoints=track.keypoints,
                emotion=self._smoothers[track.id].emotion,
                velocity=track.velocity,
                luminance=luminance.get(track.id),
            ).moved(track.unseen_s(time_s))
            for track in tracks
        ]

    def _judge_alone(self, image: Image, detections: list[Detection]) -> list[Face]:
        """The faces of a picture that has nothing to do with the one before."""
        faces = []
        largest_first = sorted(detections, key=lambda d: -d.box.area)
        readings, brightness = self._read(image, largest_first)
        seen = zip(largest_first, readings, brightness, strict=True)
        for number, (found, read, light) in enumerate(seen, 1):
            emotion = to_emotion(read, judge(read, self._classifier.unsure_below))
            face = Face(number, found.box, found.score, found.keypoints, emotion, luminance=light)
            faces.append(face)
        return faces

    def _read(
        self, image: Image, faces: list[Detection]
    ) -> tuple[npt.NDArray[np.float32], list[float]]:
        """Probabilities [N, 7] of the emotions of N faces, and the mean gray of each crop."""
        if not faces:
            return np.empty((0, 7), np.float32), []
        crops = crop_faces(image, [(f.box, f.keypoints) for f in faces], self._classifier.size)
        return self._classifier.classify(crops).emotion, crops.mean(axis=(1, 2, 3)).tolist()


def _as_bgr(image: npt.NDArray[np.uint8]) -> Image:
    """A picture of any usual kind as uint8 [height, width, 3], BGR."""
    channels = image.shape[2] if image.ndim == 3 else 1
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise ValueError(
            f"cannot read a picture of {image.dtype} {list(image.shape)}; "
            "give uint8 [height, width], or [height, width, 1, 3 or 4]"
        )
    if image.size == 0:
        raise ValueError(f"cannot read an empty picture of {list(image.shape)}")
    if channels == 3:
        return image
    code = cv2.COLOR_GRAY2BGR if channels == 1 else cv2.COLOR_BGRA2BGR
    return np.asarray(cv2.cvtColor(image, code), np.uint8)
