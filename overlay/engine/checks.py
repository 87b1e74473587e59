"""What a source and perception hand over is looked at once, before the engine relies on it."""

from __future__ import annotations

import math
from itertools import chain
from typing import Any

import numpy as np

from overlay.scene import Emotion, Face, Frame, Scene

#: How far from the picture a face may be, and how large, in widths of the picture.
_FAR = 10.0

#: How far rounding may take a probability below 0 or above 1.
_ROUND = 1e-3


def check_frame(frame: Any, after_s: float) -> None:
    """Refuse what is not a frame, or not a later one.

    Args:
        frame: What a source delivered.
        after_s: Time stamp of the frame before, in seconds; `-math.inf` for the first.

    Raises:
        ValueError: The picture is not uint8 [height, width, 3] with at least one pixel, or the
            time stamp is not a finite number, or lower than the one before.
    """
    if not isinstance(frame, Frame):
        raise ValueError(f"it delivers {type(frame).__name__} instead of frames")
    image: Any = frame.image
    if not isinstance(image, np.ndarray):
        raise ValueError(f"it delivers {type(image).__name__} instead of pictures")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(
            f"it delivers {image.dtype} {list(image.shape)} instead of uint8 [height, width, 3]"
        )
    time_s: Any = frame.time_s
    if not _is_finite(time_s):
        raise ValueError(f"its time stamp is {time_s!r}")
    if time_s < after_s:
        raise ValueError(f"its time stamps go back, from {after_s:.3f} s to {time_s:.3f} s")


def check_scene(scene: Any, frame: Frame) -> None:
    """Refuse what is not a scene of a frame, or has faces that cannot be drawn.

    Args:
        scene: What perception saw.
        frame: Where it should have looked.

    Raises:
        ValueError: It is not a scene, or of another size or time, or has a number that is not
            finite, a box far from the picture, or a probability that is not 0 to 1.
    """
    height, width = frame.image.shape[:2]
    if not isinstance(scene, Scene):
        raise ValueError(f"perception gives {type(scene).__name__} instead of scenes")
    if (scene.width, scene.height) != (width, height):
        raise ValueError(f"a scene of {scene.width}x{scene.height} for a frame of {width}x{height}")
    if not _is_finite(scene.time_s):
        raise ValueError(f"a scene's time stamp is {scene.time_s!r}")
    for face in scene:
        _check_face(face, _FAR * max(width, height))


def _check_face(face: Face, far: float) -> None:
    numbers = [*face.box, *face.velocity, face.score, *chain.from_iterable(face.keypoints)]
    if not all(map(_is_finite, numbers)):
        raise ValueError("a face has a number that is not finite")
    if max(map(abs, face.box)) > far or min(face.box.width, face.box.height) <= 0:
        raise ValueError(f"a face's box cannot be: {', '.join(f'{n:.0f}' for n in face.box)}")
    if face.emotion is not None:
        _check_emotion(face.emotion)


def _check_emotion(emotion: Emotion) -> None:
    if not all(-_ROUND <= p <= 1 + _ROUND for p in (emotion.probability, *emotion.probabilities)):
        raise ValueError("a probability is not between 0 and 1")


def _is_finite(number: Any) -> bool:
    return isinstance(number, (int, float, np.integer, np.floating)) and math.isfinite(number)
