"""Emotion Overlay: expression labels on your own webcam picture, on your own machine.

Examples:
    >>> from overlay import Perception
    >>> with Perception() as perception:  # doctest: +SKIP
    ...     scene = perception.perceive(frame)
    ...     print([face.emotion.label for face in scene.faces])
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overlay.perception import Networks, Perception
    from overlay.scene import Box, Emotion, Face, Frame, KeyPoints, Scene

__version__ = "0.1.0"

__all__ = ["Box", "Emotion", "Face", "Frame", "KeyPoints", "Networks", "Perception", "Scene"]

# A library writes nothing unless its user sets up logging: docs.python.org/3/howto/logging.html
logging.getLogger(__name__).addHandler(logging.NullHandler())

# Read by OpenCV when it is loaded. Its own limit is 2**30 pixels, which take 3 GB.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**28))


def __getattr__(name: str) -> Any:
    # These pull in MediaPipe and ONNX Runtime; `--help` must not wait for them.
    if name in ("Networks", "Perception"):
        from overlay import perception

        return getattr(perception, name)
    if name in __all__:
        from overlay import scene

        return getattr(scene, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
