"""Decoded frames of a file as the pictures that a player shows."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import Any, cast

import av
import cv2
import numpy as np

from overlay.scene import Image
from overlay.sources.fit import fit
from overlay.sources.hdr import Curve, curve_of, table

#: H.273 numbers of matrices: unknown, BT.709, BT.601 with 625 lines.
_UNKNOWN, _BT709, _BT601 = 2, 1, 5

#: Where a file does not say, pictures from this height on have the colours of HD, as in players.
_HD_HEIGHT = 720

#: A pixel is at most so many times as wide as it is high, and the reverse; more is damage.
_MOST_ASPECT = 8


class Rendition:
    """Turns the frames of one video into pictures of one size: upright, in square pixels, SDR."""

    def __init__(self, aspect: Fraction | None) -> None:
        """Show nothing yet.

        Args:
            aspect: Width of a pixel over its height; None if the file does not say.
        """
        usable = aspect is not None and 1 <= max(aspect, 1 / (aspect or 1)) <= _MOST_ASPECT
        self._aspect = aspect if aspect is not None and usable else Fraction(1)
        self._size: tuple[int, int] | None = None
        self._tables: dict[tuple[int, int, Curve], _Table] = {}

    def show(self, frame: av.VideoFrame) -> Image:
        """Make a picture of a frame.

        Returns:
            uint8 [height, width, 3], BGR, in an array of its own. All have the size of the first.

        Raises:
            av.FFmpegError: It cannot be converted.
        """
        upright = np.ascontiguousarray(_turned(self._pixels(frame), frame))
        height, width = upright.shape[:2]
        self._size = self._size or (width, height)
        return fit(upright, *self._size, "letterbox")

    def _pixels(self, frame: av.VideoFrame) -> Image:
        width, height = self._square(frame.width, frame.height)
        if not frame.format.is_rgb and frame.colorspace == _UNKNOWN:
            frame.colorspace = _BT709 if frame.height >= _HD_HEIGHT else _BT601
        if (curve := curve_of(frame.color_trc, frame.color_primaries)) is not None:
            key = frame.width, frame.height, curve
            self._tables[key] = self._tables.get(key) or _Table(*key)
            frame = self._tables[key].apply(frame)
        if any(part.is_alpha for part in frame.format.components):
            return _on_white(frame.reformat(width, height, "bgra").to_ndarray())
        return np.asarray(frame.reformat(width, height, "bgr24").to_ndarray(), np.uint8)

    def _square(self, width: int, height: int) -> tuple[int, int]:
        """The size in square pixels; nothing gets smaller."""
        if self._aspect >= 1:
            return round(width * self._aspect), height
        return width, round(height / self._aspect)


def _turned(image: Image, frame: av.VideoFrame) -> Image:
    """The picture turned and mirrored as the frame's display matrix says, in quarter turns.

    The matrix is that of ISO/IEC 14496-12, 8.3.2: (x, y) is shown at (a x + c y, b x + d y).
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return image
    a, b, _, c, d = np.frombuffer(cast(Any, matrix), np.int32, 5).tolist()
    across, down = a, d
    if abs(a) < abs(b):
        image, across, down = image.transpose(1, 0, 2), c, b
    return image[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]


def _on_white(pixels: np.ndarray) -> Image:
    opacity = pixels[..., 3:].astype(np.float32) / 255
    over = 255 + (pixels[..., :3].astype(np.float32) - 255) * opacity
    return np.asarray(cv2.convertScaleAbs(over), np.uint8)


class _Table:
    """Converts frames of one size by the table of one curve."""

    def __init__(self, width: int, height: int, curve: Curve) -> None:
        colours = av.VideoFrame.from_ndarray(table(curve), format="rgb48le")
        colours.pts, colours.time_base = 0, Fraction(1)
        graph = av.filter.Graph()
        kind = "pix_fmt=rgb48le:time_base=1:range=pc:colorspace=gbr"  # `haldclut` mixes planes up
        self._frames = graph.add("buffer", f"video_size={width}x{height}:{kind}")
        given = graph.add("buffer", f"video_size={colours.width}x{colours.height}:{kind}")
        applied = graph.add("haldclut", "clut=first:interp=tetrahedral")
        self._shown = graph.add("buffersink")
        self._frames.link_to(applied, 0, 0)
        given.link_to(applied, 0, 1)
        applied.link_to(self._shown)
        graph.configure()
        given.push(colours)
        given.push(None)
        self._graph = graph  # which its parts need
        self._numbers = count()

    def apply(self, frame: av.VideoFrame) -> av.VideoFrame:
        numbered = frame.reformat(format="rgb48le")
        numbered.pts, numbered.time_base = next(self._numbers), Fraction(1)
        self._frames.push(numbered)
        shown = self._shown.pull()
        assert isinstance(shown, av.VideoFrame)
        return shown
