"""One pass through a video file: its frames, with their times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av

from overlay.errors import SourceError
from overlay.language import LazyText
from overlay.scene import Image, Planes
from overlay.sources.deinterlacing import progressive
from overlay.sources.rendition import Rendition
from overlay.sources.sampling import Sampling

_DEFAULT_FPS = 30.0

#: As many as half of the cores: what is decoded is read at the same time, and each thread more
#: costs something.
_THREADS = max(1, (os.cpu_count() or 1) // 2)

#: FFmpeg's demuxers for containers that hold their own data; playlists would open other files.
_CONTAINERS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,mjpeg,flv,ogg,asf,gif,apng,nut,"
    "mxf,wtv,dv,rm,yuv4mpegpipe"
)


def open_container(path: Path) -> av.container.InputContainer:
    """Open a file that holds its own data.

    Raises:
        SourceError: It is missing, unreadable, or no video.
    """
    _check_file(path)
    try:
        return av.open(
            str(path.absolute()),
            options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise SourceError(_undecodable(path)) from error


class Decoded(NamedTuple):
    """A decoded frame.

    Attributes:
        image: uint8 [height, width, 3], BGR.
        planes: The same as the file holds it, if that was asked for and the file holds it so.
        time_s: The file's own time, in seconds.
    """

    image: Image
    planes: Planes | None
    time_s: float


class Decoder:
    """One pass through a file.

    Attributes:
        first: The first frame.
        fps: Frames a second, on average.
        frame_count: Number of frames according to the file; 0 if it does not say.
        duration_s: How long the file lasts according to it; 0 if it does not say.
        read_s: Up to when it has been read, in seconds after its beginning.
        last_s: How long the newest frame is shown, in seconds; 0 if the file does not say.
        damaged: How many packets could not be decoded so far.
    """

    def __init__(
        self, path: Path, every_s: float | None = None, *, with_planes: bool = False
    ) -> None:
        """Open the file and decode its first frame.

        Args:
            path: The file.
            every_s: Give one frame in so many seconds; None for every frame.
            with_planes: Whether to keep the numbers of frames as the file holds them.

        Raises:
            SourceError: It is missing or unreadable, or nothing in it can be decoded.
        """
        self.last_s = self.read_s = 0.0
        self.damaged = 0
        self._container = open_container(path)
        best = self._container.streams.best("video")  # not a cover picture
        self._stream = best if isinstance(best, av.VideoStream) else None
        if self._stream is None and self._container.streams.audio:
            self._container.close()
            raise SourceError(
                LazyText("'{path}' holds only sound: name a video or a picture", path=path)
            )
        if self._stream is not None:
            self._stream.thread_type = "AUTO"
            self._stream.codec_context.thread_count = _THREADS
        self._frames = self._shown(every_s, with_planes)
        first = next(self._frames, None)
        if first is None or self._stream is None:
            self._container.close()
            raise SourceError(_undecodable(path))
        self.first = first
        rate = float(self._stream.average_rate or 0)
        self.fps = rate if 0 < rate <= 1000 else _DEFAULT_FPS
        self.frame_count = self._stream.frames
        self.duration_s = (self._container.duration or 0) / av.time_base
        if self._container.format.name == "avi":  # whose duration FFmpeg halves where half is there
            self.duration_s = max(self.duration_s, self.frame_count / self.fps)

    def next(self) -> Decoded | None:
        """The next frame, or None at the end."""
        return next(self._frames, None)

    def close(self) -> None:
        """Close the file; there are no more frames then."""
        self._frames = iter(())
        self._container.close()

    def _shown(self, every_s: float | None, with_planes: bool) -> Iterator[Decoded]:
        """The frames as a player shows them."""
        if self._stream is None:
            return
        rendition = Rendition(self._stream.sample_aspect_ratio)
        wanted = (
            progressive(self._decoded(self._stream))
            if every_s is None
            else self._sampled(self._stream, every_s)
        )
        try:
            for frame in wanted:
                self.last_s = float(frame.duration * (frame.time_base or 0))
                image = rendition.show(frame)
                planes = rendition.planes(frame) if with_planes else None
                yield Decoded(image, planes, frame.time or 0.0)
        except av.FFmpegError:  # damaged so that what was decoded is no picture
            self.damaged += 1

    def _sampled(self, stream: av.VideoStream, every_s: float) -> Iterator[av.VideoFrame]:
        sampling = Sampling(self._container, stream, every_s)
        frames = progressive(self._decoded(stream))
        while (frame := next(frames, None)) is not None:
            time_s = frame.time or 0.0
            if sampling.wants(time_s):
                yield frame
                if sampling.skip(time_s):
                    frames = progressive(self._decoded(stream))

    def _decoded(self, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
        try:
            for packet in self._container.demux(stream, *self._container.streams.audio):
                self._note(packet)
                if packet.stream is not stream:
                    continue
                try:
                    yield from stream.decode(packet)
                except av.FFmpegError:  # later packets may be whole
                    self.damaged += 1
        except av.FFmpegError:  # the rest of the file cannot be read
            self.damaged += 1

    def _note(self, packet: av.Packet[Any]) -> None:
        """Note how far the file has been read, in sound as well, which may go on after the end."""
        if packet.pts is not None:
            start_s = (self._container.start_time or 0) / av.time_base
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self.read_s = max(self.read_s, end_s - start_s)


def _undecodable(path: Path) -> LazyText:
    return LazyText(
        "'{path}' is damaged or not a video that can be decoded: convert it to .mp4 (H.264)",
        path=path,
    )


def _check_file(path: Path) -> None:
    if os.path.isdir(path):
        raise SourceError(LazyText("'{path}' is a folder: name a video file in it", path=path))
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise SourceError(LazyText("no such file: '{path}'", path=path)) from None
    except OSError as error:
        raise SourceError(
            LazyText("'{path}' cannot be read: {reason}", path=path, reason=error.strerror)
        ) from error
    if empty:
        raise SourceError(LazyText("'{path}' is empty: copy or download it again", path=path))
