"""Frames from a video file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from overlay.errors import SourceError
from overlay.scene import Frame, Image
from overlay.sources.base import Source
from overlay.sources.pacing import Pacer

_DEFAULT_FPS = 30.0

#: A paced video, such as a recorded screen, that shows one frame for longer than this delivers it
#: again, in seconds: else it would look like a source that no longer responds.
_LONGEST_GAP_S = 0.5

#: FFmpeg's demuxers for containers that hold their own data; playlists would open other files.
_CONTAINERS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,mjpeg,flv,ogg,asf,gif,apng,nut,"
    "mxf,wtv,dv,rm,yuv4mpegpipe"
)


class VideoSource(Source):
    """A video file, rotated as its metadata say.

    Attributes:
        frame_count: Number of frames according to the file; 0 if it does not say.
        truncated: Whether the file ended more than 5 % early; known once it has been read.
    """

    def __init__(self, path: Path, *, pace: bool = True, loop: bool = False) -> None:
        """Open the file and decode its first frame.

        Args:
            path: The file.
            pace: Whether to deliver each frame when it is due, without skipping any, stamped with
                `time.monotonic()`; otherwise as fast as requested, stamped with media time: the
                file's own time stamps counted from the first frame, however they are spaced.
            loop: Whether to start again at the end.

        Raises:
            SourceError: It is missing or unreadable, or nothing in it can be decoded.
        """
        self._path = path
        self._loop = loop
        self._pacer = Pacer() if pace else None
        self._index = 0
        self._start_s = 0.0  # media time at which this pass of a loop began
        self._time_s = 0.0
        self._paced_s = 0.0  # media time up to which frames were delivered
        self._next: Image | None = None
        self._shown: Image | None = None
        self.name = path.name
        self.live = pace
        self.truncated = False
        self._decoder = _Decoder(path)
        self._first: Image | None = self._decoder.first
        height, width = self._decoder.first.shape[:2]
        self.size = (width, height)
        self.fps = self._decoder.fps
        self.frame_count = self._decoder.frame_count

    def read(self) -> Frame | None:
        """Return the next frame, on time if paced, or None at the end."""
        self._next = self._next_image() if self._next is None else self._next
        if self._next is None:
            return None
        if self._pacer is None:
            time_s = self._time_s
        elif self._shown is not None and self._time_s - self._paced_s > _LONGEST_GAP_S:
            self._paced_s += _LONGEST_GAP_S
            return Frame(self._shown, self._pacer.wait(self._paced_s), self._index - 1)
        else:
            self._paced_s = self._time_s
            time_s = self._pacer.wait(self._time_s)
        self._shown, self._next = self._next, None
        self._index += 1
        return Frame(self._shown, time_s, self._index - 1)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._decoder.close()
        self._first = self._next = self._shown = None

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the file so far, one line each."""
        there = f"{self._index} of {self.frame_count} frames"
        if self._decoder.damaged:
            return [f"{self.name} is damaged: {there} could be read"]
        return [f"{self.name} is cut off: it has {there}"] if self.truncated else []

    def _next_image(self) -> Image | None:
        if self._first is not None:
            image, self._first = self._first, None
            self._start_s = self._time_s
            return image
        decoded = self._decoder.next()
        if decoded is not None:
            image, media_s = decoded
            media_s += self._start_s
            # Some containers have no time stamps, or some that go back.
            self._time_s = media_s if media_s > self._time_s else self._time_s + 1 / self.fps
            return image
        if not self._loop:
            self.truncated = self._index < 0.95 * self.frame_count
            return None
        # Seeking back is not exact in every container; opening again is.
        self.close()
        self._decoder = _Decoder(self._path)
        self._first = self._decoder.first
        self._time_s += 1 / self.fps
        return self._next_image()


class _Decoder:
    """One pass through a file.

    Attributes:
        first: The first frame.
        fps: Frames a second, on average.
        frame_count: Number of frames according to the file; 0 if it does not say.
        damaged: How many packets could not be decoded so far.
    """

    def __init__(self, path: Path) -> None:
        _check_file(path)
        self.damaged = 0
        try:
            self._container = av.open(
                str(path.absolute()),
                options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"},
                metadata_errors="replace",
            )
        except (av.FFmpegError, ValueError) as error:
            raise SourceError(_undecodable(path)) from error
        self._frames = self._decode()
        first = next(self._frames, None)
        if first is None:
            self._container.close()
            raise SourceError(_undecodable(path))
        self._first_s = first.time or 0.0
        self.first = _upright(first)
        stream = self._container.streams.video[0]
        rate = float(stream.average_rate or 0)
        self.fps = rate if 0 < rate <= 1000 else _DEFAULT_FPS
        self.frame_count = stream.frames or round((self._container.duration or 0) / 1e6 * self.fps)

    def next(self) -> tuple[Image, float] | None:
        """The next frame and its time in seconds after the first one, or None at the end."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        return _upright(frame), (frame.time or 0.0) - self._first_s

    def close(self) -> None:
        """Close the file; there are no more frames then."""
        self._frames = iter(())
        self._container.close()

    def _decode(self) -> Iterator[av.VideoFrame]:
        videos = self._container.streams.video
        if not videos:
            return
        videos[0].thread_type = "AUTO"
        try:
            for packet in self._container.demux(videos[0]):
                try:
                    yield from packet.decode()
                except av.FFmpegError:  # later packets may be whole
                    self.damaged += 1
        except av.FFmpegError:  # the rest of the file cannot be read
            self.damaged += 1


def _upright(frame: av.VideoFrame) -> Image:
    """The frame in BGR, turned as its display matrix says, in an array of its own."""
    image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    turns = round(frame.rotation / 90) % 4  # counter-clockwise, as in `np.rot90`
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _undecodable(path: Path) -> str:
    return f"'{path}' is damaged or not a video that can be decoded: convert it to .mp4 (H.264)"


def _check_file(path: Path) -> None:
    if os.path.isdir(path):
        raise SourceError(f"'{path}' is a folder: name a video file in it")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise SourceError(f"no such file: '{path}'") from None
    except OSError as error:
        raise SourceError(f"'{path}' cannot be read: {error.strerror}") from error
    if empty:
        raise SourceError(f"'{path}' is empty: copy or download it again")
