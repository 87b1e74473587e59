"""Decoded frames of a file as the pictures that a player shows."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple, cast

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from overlay.planes import planes_of
from overlay.scene import Image, Planes
from overlay.sources.fit import fit
from overlay.sources.hdr import Curve, curve_of, table

#: H.273 numbers of matrices: unknown, BT.709, BT.601 with 625 lines.
_UNKNOWN, _BT709, _BT601 = 2, 1, 5

#: FFmpeg's number of the full range of values, which pictures have, but most videos do not.
_FULL_RANGE = 2

#: Where a file does not say, pictures from this height on have the colours of HD, as in players.
_HD_HEIGHT = 720

#: A pixel is at most so many times as wide as it is high, and the reverse; more is damage.
_MOST_ASPECT = 8


class _Turn(NamedTuple):
    """How pictures and planes are turned.

    Attributes:
        transpose: Whether rows become columns, before anything else.
        left_right, top_bottom: Whether these sides are exchanged.
    """

    transpose: bool
    left_right: bool
    top_bottom: bool

    def __call__(self, plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        if self.transpose:
            plane = np.asarray(cv2.transpose(plane), np.uint8)
        if self.left_right:
            plane = np.asarray(cv2.flip(plane, 1), np.uint8)
        if self.top_bottom:
            plane = np.asarray(cv2.flip(plane, 0), np.uint8)
        return plane


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
        self._turn: _Turn | None = None
        self._converter = VideoReformatter()
        self._tables: dict[tuple[int, int, Curve], _Table] = {}

    def show(self, frame: av.VideoFrame) -> Image:
        """Make a picture of a frame.

        Returns:
            uint8 [height, width, 3], BGR, in an array of its own. All have the size of the first.

        Raises:
            av.FFmpegError: It cannot be converted.
        """
        # Looked up once: in PyAV a frame and its side data refer to each other, so that the memory
        # of each frame would be kept until Python looks for such circles.
        self._turn = self._turn or _turn_of(frame)
        upright = self._turn(self._pixels(frame))
        height, width = upright.shape[:2]
        self._size = self._size or (width, height)
        return fit(upright, *self._size, "letterbox")

    def planes(self, frame: av.VideoFrame) -> Planes | None:
        """The numbers of a frame that has been shown, upright.

        Returns:
            To be read only; None if they are of another kind than `Planes`, or if the picture has
            another shape.
        """
        width, height = frame.width, frame.height
        is_same = (
            frame.format.name == "yuv420p"
            and frame.colorspace == _BT709
            and frame.color_range != _FULL_RANGE
            and curve_of(frame.color_trc, frame.color_primaries) is None
            and width % 2 == height % 2 == 0
            and self._square(width, height) == (width, height)
        )
        if not is_same:
            return None
        turn = self._turn or _turn_of(frame)
        turned = Planes(*(turn(plane) for plane in planes_of(frame)))
        return turned if turned.luma.shape[::-1] == self._size else None

    def _pixels(self, frame: av.VideoFrame) -> Image:
        width, height = self._square(frame.width, frame.height)
        if not frame.format.is_rgb and frame.colorspace == _UNKNOWN:
            frame.colorspace = _BT709 if frame.height >= _HD_HEIGHT else _BT601
        if (curve := curve_of(frame.color_trc, frame.color_primaries)) is not None:
            key = frame.width, frame.height, curve
            self._tables[key] = self._tables.get(key) or _Table(*key)
            frame = self._tables[key].apply(frame)
        if any(part.is_alpha for part in frame.format.components):
            return _on_white(self._convert(frame, width, height, "bgra"))
        return self._convert(frame, width, height, "bgr24")

    def _convert(self, frame: av.VideoFrame, width: int, height: int, kind: str) -> Image:
        # Threads of FFmpeg's own would take more of the processor than they save.
        converted = self._converter.reformat(frame, width, height, kind, threads=1)
        pixels = np.asarray(converted.to_ndarray(), np.uint8)  # a view, where that is possible
        return pixels.copy() if converted is frame else pixels  # the decoder may need its own

    def _square(self, width: int, height: int) -> tuple[int, int]:
        """The size in square pixels; nothing gets smaller."""
        if self._aspect >= 1:
            return round(width * self._aspect), height
        return width, round(height / self._aspect)


def _turn_of(frame: av.VideoFrame) -> _Turn:
    """How a frame is turned and mirrored, by quarters, as its display matrix says.

    The matrix is that of ISO/IEC 14496-12, 8.3.2: (x, y) is shown at (a x + c y, b x + d y).
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return _Turn(False, False, False)
    a, b, _, c, d = np.frombuffer(cast(Any, matrix), np.int32, 5).tolist()
    if abs(a) < abs(b):
        return _Turn(True, c < 0, b < 0)
    return _Turn(False, a < 0, d < 0)


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
