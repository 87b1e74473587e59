"""Finds faces with MediaPipe's full-range detector."""

from __future__ import annotations

import importlib.util
import os
import sys
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import cv2
import numpy as np

from overlay.host.libraries import system_libraries
from overlay.models_store import detector_path
from overlay.perception.native_log import native_stderr_logged
from overlay.scene import Box, Image, KeyPoints

_PACKAGES = (
    "mediapipe",
    "mediapipe.tasks",
    "mediapipe.tasks.python",
    "mediapipe.tasks.python.vision",
)

# Two boxes that overlap by this fraction of the smaller one are the same face.
_SAME_FACE = 0.6

# Most pictures that are looked at at the same time.
_MOST_DETECTORS = 4

# MediaPipe aborts the process at a side of 32,767 pixels; it looks at 192 whatever it is given.
_LONGEST_SIDE = 8192


class Detection(NamedTuple):
    """One face found in one frame.

    Attributes:
        box: Its position, in pixels; it may extend beyond the frame.
        score: The detector's confidence, 0 to 1.
        keypoints: Eyes, nose, mouth and ears, in pixels.
    """

    box: Box
    score: float
    keypoints: KeyPoints


class FaceDetector:
    """MediaPipe's BlazeFace detector, full range, sparse (Bazarevsky et al., 2019).

    It scales every frame to 192x192 pixels, so it takes the same time for any number of faces and
    finds those wider than about 6 % of the frame's longer side. Each frame is searched by itself:
    MediaPipe's video mode gives the same boxes and requires increasing time stamps.

    Use it from one thread at a time, and close it.

    Args:
        threshold: Faces below this confidence are ignored, 0 to 1.

    Raises:
        ModelError: The model is missing or altered.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(self, *, threshold: float = 0.5) -> None:
        model = detector_path().read_bytes()
        with system_libraries(), native_stderr_logged():
            self._mediapipe = import_mediapipe()
            options = self._mediapipe.face_detector.FaceDetectorOptions(
                # By content, not by path: MediaPipe on Windows fails on non-ASCII paths.
                base_options=self._mediapipe.BaseOptions(model_asset_buffer=model),
                min_detection_confidence=threshold,
            )
            detector = self._mediapipe.face_detector.FaceDetector
            self._detector: Any = detector.create_from_options(options)
            self._detect(np.zeros((192, 192, 3), np.uint8))  # the first run may still log
        self._finalizer = weakref.finalize(self, _shut_down, self._detector)
        self._threshold = threshold
        self._helpers: list[FaceDetector] = []

    def detect(self, image: Image) -> list[Detection]:
        """Find the faces in a frame.

        Args:
            image: uint8 [height, width, 3], BGR.

        Returns:
            The faces, most confident first, each once.
        """
        height, width = image.shape[:2]
        small = _shrunk(image)
        scale = width / small.shape[1], height / small.shape[0]
        found = [
            _to_detection(raw, scale, (width, height))
            for raw in self._detect(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
        ]
        return drop_duplicates(found)

    def detect_each(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Find the faces in many pictures, in several of them at the same time.

        It takes as many cores as there are, up to four, each with a detector of its own, which are
        made when this is called first.

        Args:
            images: As for `detect`.

        Returns:
            The faces of each picture, as `detect` gives them.
        """
        while len(self._helpers) + 1 < min(os.cpu_count() or 1, _MOST_DETECTORS):
            self._helpers.append(FaceDetector(threshold=self._threshold))
        team = [self, *self._helpers]
        # Each takes every nth picture: the network takes the same time for all.
        found: list[list[Detection]] = [[] for _ in images]

        def look(first: int) -> None:
            for n in range(first, len(images), len(team)):
                found[n] = team[first].detect(images[n])

        with ThreadPoolExecutor(len(team)) as threads:
            list(threads.map(look, range(len(team))))
        return found

    def close(self) -> None:
        """Release MediaPipe's graph and thread; safe to call twice."""
        self._finalizer()
        for helper in self._helpers:
            helper.close()

    def _detect(self, rgb: Any) -> list[Any]:
        picture = self._mediapipe.image.Image(
            image_format=self._mediapipe.image.ImageFormat.SRGB, data=np.ascontiguousarray(rgb)
        )
        detections: list[Any] = self._detector.detect(picture).detections
        return detections


class _MediaPipe(NamedTuple):
    """The modules of MediaPipe that are needed here, and one class."""

    face_detector: Any
    image: Any
    BaseOptions: Any


@cache
def import_mediapipe() -> _MediaPipe:
    """Import what is used of MediaPipe, and nothing else of it.

    Raises:
        ImportError, OSError: It, or a library of the operating system, is missing.
    """
    with _packages_unrun():
        from mediapipe.tasks.python.core import mediapipe_c_bindings
        from mediapipe.tasks.python.core.base_options import BaseOptions
        from mediapipe.tasks.python.vision import face_detector
        from mediapipe.tasks.python.vision.core import image

        mediapipe_c_bindings.load_raw_library()  # it is searched for inside the package
    return _MediaPipe(face_detector, image, BaseOptions)


@contextmanager
def _packages_unrun() -> Iterator[None]:
    """Import single modules of MediaPipe in this block without running its packages.

    Their `__init__` modules import every task and, with them, matplotlib: 0.4 s of CPU and 40 MB
    for nothing. Inside the block, empty packages take their place; after it, an import of
    MediaPipe gets all of it.
    """
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or not spec.submodule_search_locations or "mediapipe" in sys.modules:
        yield  # missing, which the import will report, or already imported in full
        return
    root = Path(spec.submodule_search_locations[0])
    for name in _PACKAGES:
        package = ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "mediapipe"]:
            del sys.modules[name]


def drop_duplicates(detections: Sequence[Detection]) -> list[Detection]:
    """Keep the most confident of several detections of the same face.

    MediaPipe's own suppression uses intersection over union, which keeps a small box inside a
    large one; here the overlap is measured relative to the smaller box.
    """
    kept: list[Detection] = []
    for candidate in sorted(detections, key=lambda d: (-d.score, d.box)):
        if all(_overlap(candidate.box, other.box) < _SAME_FACE for other in kept):
            kept.append(candidate)
    return kept


def _overlap(a: Box, b: Box) -> float:
    """The fraction of the smaller box that the other one covers, 0 to 1."""
    iou = a.iou(b)
    intersection = iou / (1 + iou) * (a.area + b.area)
    return intersection / min(a.area, b.area) if intersection else 0.0


def _shrunk(image: Image) -> Image:
    """The image itself, or a smaller copy of one that MediaPipe could not take."""
    height, width = image.shape[:2]
    longest = max(height, width)
    if longest <= _LONGEST_SIDE:
        return image
    size = [max(1, round(side * _LONGEST_SIDE / longest)) for side in (width, height)]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _to_detection(raw: Any, scale: tuple[float, float], size: tuple[int, int]) -> Detection:
    """MediaPipe's box, in pixels of the picture it saw, and its points, in parts of the picture."""
    box, (across, down), (width, height) = raw.bounding_box, scale, size
    points = [(float(p.x) * width, float(p.y) * height) for p in raw.keypoints]
    return Detection(
        box=Box(
            float(box.origin_x) * across,
            float(box.origin_y) * down,
            float(box.width) * across,
            float(box.height) * down,
        ),
        score=float(raw.categories[0].score),
        keypoints=KeyPoints(*points),
    )


def _shut_down(detector: Any) -> None:
    """Close MediaPipe's detector, even if nobody did so before the interpreter ends.

    By then its thread is gone and closing fails. Without a handle, MediaPipe's own destructor does
    nothing; otherwise it would print an ignored exception.
    """
    try:
        detector.close()
    except RuntimeError:
        detector._handle = None
