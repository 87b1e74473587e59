"""Turns a frame into a `Scene` with tracked faces and their expressions."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from overlay.perception.detector import Detection
from overlay.perception.face_check import FaceCheck
from overlay.perception.networks import Networks
from overlay.perception.personal import Personal
from overlay.perception.picture_search import find_faces
from overlay.perception.reader import Reader
from overlay.perception.tracker import Track, Tracker
from overlay.scene import Face, Frame, Image, Scene

__all__ = ["Networks", "Perception", "Personal"]


class Perception:
    """Finds faces, tracks them and reads their expressions.

    Use it from one thread at a time, and close it or use it in a `with` statement.

    Args:
        networks: What reads the faces; by default, the networks that come with the application.
            Several perceptions may share them, one at a time, until any of them is closed.
        smooth: Whether successive frames belong together. If False, each picture is judged by
            itself: face ids start at 1 in each, and readings are not smoothed over time.

    Raises:
        ModelError: A model is missing, altered, or does not meet the contract.
        MissingLibraryError: A library of the operating system is missing.

    Examples:
        >>> with Perception() as perception:  # doctest: +SKIP
        ...     for frame in source:
        ...         print([face.emotion.label for face in perception.perceive(frame)])
    """

    def __init__(self, networks: Networks | None = None, *, smooth: bool = True) -> None:
        self._smooth = smooth
        self._frames = 0
        self._last_s = -math.inf
        self._networks = networks or Networks()
        self._threshold = self._networks.threshold
        self._reader = Reader(self._networks.classifier)
        self._detector = self._networks.detector
        self._check = FaceCheck(self._detector)
        self._tracker = Tracker(start_score=self._threshold)

    def perceive(self, frame: Frame | npt.NDArray[np.uint8], time_s: float | None = None) -> Scene:
        """Read one frame.

        Args:
            frame: A frame, or a bare picture: uint8 [height, width], or [height, width, 1, 3 or
                4] as gray, BGR or BGRA.
            time_s: Time of a bare picture in seconds; by default `time.monotonic()`. If time goes
                back, as when a clip starts again, all faces are forgotten.

        Returns:
            The faces, largest first, in pixels of the frame.

        Raises:
            ValueError: The picture has a wrong shape or type.
        """
        if not isinstance(frame, Frame):
            at = time.monotonic() if time_s is None else time_s
            frame = Frame(np.asarray(frame), at, self._frames)
        self._frames += 1
        return self._perceive(replace(frame, image=_as_bgr(frame.image)))

    def find(self, image: Image) -> list[Detection]:
        """Find the faces in a picture that is not one of the frames, without reading them.

        Args:
            image: uint8 [height, width, 3], BGR.

        Returns:
            The faces, most confident first, in pixels of the picture.
        """
        found = [self._check.confirm(image, face) for face in self._detector.detect(image)]
        return [face for face in found if face is not None and face.score >= self._threshold]

    def reset(self) -> None:
        """Forget all faces, for example before another clip; their ids are not used again."""
        self._tracker.forget()
        self._reader.keep(())

    def personalize(self, personal: Personal | None) -> None:
        """Adapt all readings from now on to one person, or to nobody if None."""
        self._reader.personalize(personal)

    def last_read_s(self, face_id: int) -> float | None:
        """Time of the frame in which a face was last read, or found unchanged since it was.

        Args:
            face_id: The face's `id`.

        Returns:
            Seconds, on the clock of the frames; None if the face is not known, or not read yet.
        """
        return self._reader.read_s(face_id)

    def forget_resting(self) -> None:
        """Learn all resting faces again; faces keep their ids and labels."""
        self._reader.forget_resting()

    def close(self) -> None:
        """Release the networks; safe to call twice."""
        self._networks.close()

    def __enter__(self) -> Perception:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _perceive(self, frame: Frame) -> Scene:
        """Read a frame in BGR."""
        image, time_s = frame.image, frame.time_s
        faces = self._follow(image, time_s) if self._smooth else self._judge_alone(image)
        height, width = image.shape[:2]
        faces.sort(key=lambda face: (-face.box.area, face.id))
        return Scene(frame.index, time_s, width, height, tuple(faces))

    def _follow(self, image: Image, time_s: float) -> list[Face]:
        """The faces of a frame that follows the previous one."""
        if time_s < self._last_s:
            self.reset()
        self._last_s = time_s
        tracks = self._track(image, time_s)
        seen = {track.id: track.seen for track in tracks if track.seen is not None}
        self._reader.keep([track.id for track in self._tracker.tracks])
        self._read(image, seen, time_s)
        return [
            Face(
                id=track.id,
                box=track.box,
                score=track.score,
                keypoints=track.keypoints,
                emotion=self._reader.emotion(track.id),
                velocity=track.velocity,
                luminance=self._reader.luminance(track.id) if track.seen else None,
            ).moved(track.unseen_s(time_s))
            for track in tracks
        ]

    def _track(self, image: Image, time_s: float) -> list[Track]:
        """Find the known faces in a frame, and new ones."""
        admit = partial(self._check.confirm, image)
        return self._tracker.update(self._detector.detect(image), time_s, admit=admit)

    def _read(self, image: Image, faces: dict[int, Detection], time_s: float) -> None:
        """Read the faces of a frame, by track number."""
        self._reader.read(image, faces, time_s)

    def _judge_alone(self, image: Image) -> list[Face]:
        """The faces of a picture that is unrelated to the previous one."""
        found = find_faces(self._detector, self._check, image, self._threshold)
        largest_first = sorted(found, key=lambda face: -face.box.area)
        read = self._reader.read_alone(image, largest_first)
        return [
            Face(number, found.box, found.score, found.keypoints, emotion, luminance=light)
            for number, (found, (emotion, light)) in enumerate(
                zip(largest_first, read, strict=True), 1
            )
        ]


def _as_bgr(image: npt.NDArray[np.uint8]) -> Image:
    """A gray, BGR or BGRA picture as uint8 [height, width, 3], BGR."""
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
