"""Pictures as video files hold them: luma, and chroma of half the width and height.

The numbers are those of ITU-R BT.709 in limited range. OpenCV's own conversion is that of BT.601.
"""

from __future__ import annotations

from collections.abc import Iterable

import av
import cv2
import numpy as np
import numpy.typing as npt

from overlay.scene import Image, Planes

#: How much red and blue are of luma (BT.709, 3.2).
_RED, _BLUE = 0.2126, 0.0722

_LUMA = np.array([_BLUE, 1 - _RED - _BLUE, _RED])
_CHROMA_BLUE = (np.array([1, 0, 0]) - _LUMA) / (2 * (1 - _BLUE))
_CHROMA_RED = (np.array([0, 0, 1]) - _LUMA) / (2 * (1 - _RED))

#: From BGR of 0 to 255 to luma and chroma, each with what is added at the end.
_FROM_BGR = np.array(
    [
        [*(219 / 255 * _LUMA), 16],
        [*(224 / 255 * _CHROMA_BLUE), 128],
        [*(224 / 255 * _CHROMA_RED), 128],
    ]
)


def planes_of(frame: av.VideoFrame) -> Planes:
    """The numbers of a frame of the format `yuv420p`, as views."""
    return Planes(*map(_view, frame.planes))


def to_frame(image: Image) -> av.VideoFrame:
    """Convert a picture.

    Args:
        image: uint8 [height, width, 3], BGR; height and width are even.

    Returns:
        A frame of the format `yuv420p`.
    """
    height, width = image.shape[:2]
    frame = av.VideoFrame(width, height, "yuv420p")
    _convert(image, (0, 0, width, height), planes_of(frame))
    return frame


def repainted(
    planes: Planes, image: Image, parts: Iterable[tuple[int, int, int, int]]
) -> av.VideoFrame:
    """Convert only the parts of a picture that were drawn on.

    Args:
        planes: The picture before that.
        image: uint8 [height, width, 3], BGR: the picture.
        parts: Left, top, width and height of each part, in pixels, inside the picture.

    Returns:
        A frame of the format `yuv420p`.
    """
    height, width = image.shape[:2]
    frame = av.VideoFrame(width, height, "yuv420p")
    copy = planes_of(frame)
    for to, plane in zip(copy, planes, strict=True):
        np.copyto(to, plane)
    for part in parts:
        _convert(image, part, copy)
    return frame


def _view(plane: av.video.plane.VideoPlane) -> npt.NDArray[np.uint8]:
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    down = 1 if plane.line_size > 0 else -1  # some decoders and filters begin at the bottom
    return lines[::down, : plane.width]


def _convert(image: Image, part: tuple[int, int, int, int], planes: Planes) -> None:
    """Write the numbers of a part of a picture; four pixels in a square share their chroma."""
    x, y, width, height = part
    left, top, right, bottom = x // 2, y // 2, (x + width + 1) // 2, (y + height + 1) // 2
    if width <= 0 or height <= 0:
        return
    pixels = np.s_[2 * top : 2 * bottom, 2 * left : 2 * right]
    yuv = np.asarray(cv2.transform(image[pixels], _FROM_BGR), np.uint8)
    cv2.extractChannel(yuv, 0, planes.luma[pixels])
    half = cv2.resize(yuv, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    for channel, plane in enumerate(planes[1:], 1):
        cv2.extractChannel(half, channel, plane[top:bottom, left:right])
