"""A clip like a webcam's stream: the demo's moving portraits as MJPEG."""

from __future__ import annotations

from pathlib import Path

import cv2

from overlay.errors import SourceError
from overlay.sources.demo import DemoSource

#: Length of the clip; it is played again and again.
CLIP_S = 8.0

_QUALITY = 85


def write_clip(path: Path, *, size: tuple[int, int], faces: int, fps: float) -> None:
    """Write the demo as an .avi of JPEG pictures.

    Args:
        path: The file.
        size: Width and height in pixels.
        faces: How many portraits are in it.
        fps: Frames a second.

    Raises:
        SourceError: It cannot be written, or the demo has not so many faces.
    """
    mjpg = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, mjpg, fps, size)
    if not writer.isOpened():
        raise SourceError(
            f"'{path}' cannot be written: make room in the folder for temporary files"
        )
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, _QUALITY)
    demo = DemoSource(size=size, fps=fps, faces=faces, pace=False)
    for index in range(round(CLIP_S * fps)):
        writer.write(demo.render(index))
    writer.release()
