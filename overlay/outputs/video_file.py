"""Frames to a video file."""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.codec.codec import UnknownCodecError

from overlay.errors import OutputError
from overlay.host.atomic_file import is_replaceable
from overlay.language import LazyText
from overlay.outputs.base import Output
from overlay.outputs.part_file import PartFile
from overlay.outputs.video_formats import ENCODERS, Codec, Encoder, container_for
from overlay.planes import repainted, to_frame
from overlay.scene import Image, Planes
from overlay.targets import free_name

#: Time stamps are counted in units of this many a second, as is usual for video.
_TICKS = 90_000

#: What FFmpeg raises for a packet that it cannot write, whatever there is room for.
_DAMAGED = (av.InvalidDataError, av.ArgumentError, av.PatchWelcomeError)

#: Kinds of sound of which FFmpeg's muxer for .mp4 must have seen a packet.
_NEEDS_PACKETS = {"ac3", "eac3", "truehd"}

#: What FFmpeg calls channels of which nothing says where they are heard, and what they are.
_LAYOUTS = {"1 channels": "mono", "2 channels": "stereo"}


class VideoFile(Output):
    """A video file in which each frame has its own time, with sound if there is any to copy.

    Frames go to a hidden file beside the target, which takes the target's name on `close`. On an
    error inside a `with` block, or on `discard`, neither is left. Odd sizes get one more column
    or row, a copy of the last.

    Attributes:
        path: The target.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: float,
        *,
        replace: bool = False,
        codec: Codec = "h264",
        live: bool = True,
        first_s: float = 0.0,
    ) -> None:
        """Begin the file.

        Args:
            path: Where it shall lie, ending in .mp4, .mkv or .webm; what a link leads to is
                written, not the link.
            size: Width and height of the frames, in pixels.
            fps: Frames a second, above 0, by and large: what counts is each frame's time.
            replace: Whether it takes the place of an older file of that name, on `close`;
                otherwise it takes the next free name, as `lesson-2.mp4`.
            codec: How it is compressed.
            live: Whether it can be played at any moment while it is written, as a recording that
                may be cut off must; otherwise an .mp4 has its index first ("fast start"), so that
                a browser plays it before all of it is there.
            first_s: When the first frame is shown, in seconds after the file's beginning; sound
                may begin before it.

        Raises:
            OutputError: The folder cannot be written to, or the codec does not go into a file of
                that name.
        """
        self._kind = container_for(path, codec)
        if os.path.isdir(path):
            raise OutputError(
                LazyText(
                    "cannot write '{path}': a folder has that name; choose another name", path=path
                )
            )
        if not is_replaceable(path):
            raise OutputError(
                LazyText(
                    "cannot write '{path}': a video needs a regular file; name another", path=path
                )
            )
        self.path = Path(os.path.realpath(path)) if replace else free_name(path)
        self.name = self.path.name
        self.size = size
        self._even_size = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        self._start_s: float | None = None
        self._first_s = first_s
        self._ticks = -1
        self._end_ticks = 0
        self._waiting: av.Packet[av.VideoStream] | None = None
        self._replace = replace
        self._open = False
        self._sounds: dict[av.stream.Stream, av.AudioStream] = {}
        options = self._kind.live if live else self._kind.at_rest
        try:
            self._part = PartFile(self.path, playable=live)  # FFmpeg would not say why it cannot
        except OSError as error:
            raise OutputError(
                LazyText(
                    "cannot write '{path}': {reason}; choose another name or folder",
                    path=self.path,
                    reason=error.strerror,
                )
            ) from error
        try:
            self._open_encoder(fps, ENCODERS[codec], options)
        except BaseException:  # Ctrl-C, too
            self.discard()
            raise

    def send(self, image: Image, time_s: float | None = None) -> None:
        """Append one frame.

        Args:
            image: uint8 [height, width, 3], BGR, of the output's size.
            time_s: When it is shown, in seconds on any clock that all frames share; now, by
                `time.monotonic()`, if not given. A time that is not later than the one before is
                moved behind it.

        Raises:
            OutputError: The frame is of another size, the file is closed, or the disk is full.
        """
        if image.shape != (self.size[1], self.size[0], 3):
            raise OutputError(
                LazyText(
                    "'{path}' takes frames of {size}, not {wrong}",
                    path=self.path,
                    size=self.size,
                    wrong=image.shape[1::-1],
                )
            )
        right, bottom = self._even_size[0] - self.size[0], self._even_size[1] - self.size[1]
        if right or bottom:
            border = cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
            image = np.asarray(border, np.uint8)
        self._encode(to_frame(image), time.monotonic() if time_s is None else time_s)

    def send_repainted(
        self,
        planes: Planes,
        image: Image,
        parts: Iterable[tuple[int, int, int, int]],
        time_s: float,
    ) -> None:
        """Append one frame of which only parts have been drawn on; the rest keeps its numbers.

        Args:
            planes: The frame before that, of the output's size.
            image: uint8 [height, width, 3], BGR: the frame.
            parts: Left, top, width and height of each part, in pixels, inside the frame.
            time_s: As for `send`.

        Raises:
            OutputError: The file is closed, or the disk is full.
        """
        self._encode(repainted(planes, image, parts), time_s)

    def end_at(self, time_s: float) -> None:
        """Have the last frame, which has been sent, shown up to a time on the frames' clock."""
        if self._start_s is not None:
            self._end_ticks = round((time_s - self._start_s + self._first_s) * _TICKS)

    def add_sound(self, stream: av.AudioStream) -> bool:
        """Prepare a sound track for packets of another file's; only before the first frame.

        Args:
            stream: The track that they will come from.

        Returns:
            Whether a file of this kind can hold it.
        """
        try:
            _try(stream, self._kind.name)
            sound = _copy(stream, self._container)
        except (ValueError, av.FFmpegError):
            return False
        sound.metadata.update({k: v for k, v in stream.metadata.items() if k == "language"})
        self._sounds[stream] = sound
        return True

    def send_sound(self, packet: av.Packet[av.AudioStream]) -> bool:
        """Append a packet of sound as it is.

        Args:
            packet: Of a track that was added; its time counts from the file's beginning. Those of
                one track come in order.

        Returns:
            Whether it could be appended; one that is damaged is left out.

        Raises:
            OutputError: It cannot be written, for example because the disk is full.
        """
        packet.stream = self._sounds[packet.stream]
        try:
            self._container.mux(packet)
        except _DAMAGED:
            return False
        except av.FFmpegError as error:
            raise self._failure(error) from error
        return True

    def close(self) -> None:
        """Finish the file and give it its name; safe to call twice.

        Raises:
            OutputError: Its end could not be written, for example because the disk is full; what
                there is of it has the name and can be played.
        """
        self._finish(keep_part=True)

    def discard(self) -> None:
        """Give up the file; the target stays what it was."""
        if self._open:
            self._open = False
            with contextlib.suppress(av.FFmpegError):
                self._container.close()
        self._part.delete()

    def __exit__(self, kind: object = None, *_: object) -> None:
        """Finish the file whole, or leave nothing of it."""
        if kind is None:
            self._finish(keep_part=False)
        else:
            self.discard()

    def _open_encoder(self, fps: float, encoder: Encoder, options: Mapping[str, str]) -> None:
        width, height = self._even_size
        try:
            self._container = av.open(
                str(self._part.path.absolute()), "w", self._kind.name, options=dict(options)
            )
            self._open = True
            stream = self._container.add_stream(
                encoder.name,
                rate=Fraction(fps).limit_denominator(1001),
                options=dict(encoder.options),
            )
            assert isinstance(stream, av.VideoStream)
            self._stream = stream
            if encoder.tag is not None and self._kind.name == "mp4":
                self._stream.codec_context.codec_tag = encoder.tag
            self._stream.width, self._stream.height = width, height
            self._stream.pix_fmt = "yuv420p"
            self._stream.time_base = Fraction(1, _TICKS)
            self._stream.codec_context.time_base = Fraction(1, _TICKS)
            _tag_as_bt709(self._stream)
            self._stream.codec_context.open()
        except UnknownCodecError:
            raise OutputError(
                LazyText(
                    "cannot write '{path}': PyAV has no encoder {name} here; choose --codec h264",
                    path=self.path,
                    name=encoder.name,
                )
            ) from None
        except (av.FFmpegError, ValueError) as error:
            raise OutputError(
                LazyText(
                    "no encoder writes '{path}' at {width}x{height}, {fps:g} fps ({error})",
                    path=self.path,
                    width=width,
                    height=height,
                    fps=fps,
                    error=error,
                )
            ) from error

    def _encode(self, frame: av.VideoFrame, time_s: float) -> None:
        if not self._open:
            raise OutputError(LazyText("'{path}' is closed: open it again", path=self.path))
        frame.pts, frame.time_base = self._stamp(time_s), Fraction(1, _TICKS)
        try:
            self._mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise self._failure(error) from error

    def _mux(self, packets: list[av.Packet[av.VideoStream]]) -> None:
        """Write all but the newest packet, whose duration may not be known yet."""
        for packet in packets:
            ready, self._waiting = self._waiting, packet
            if ready is not None:
                self._container.mux(ready)

    def _stamp(self, time_s: float) -> int:
        if self._start_s is None:
            self._start_s = time_s
        since_start_s = time_s - self._start_s + self._first_s
        self._ticks = max(round(since_start_s * _TICKS), self._ticks + 1)
        return self._ticks

    def _finish(self, *, keep_part: bool) -> None:
        if not self._open:
            return
        failure = self._end()
        is_whole = failure is None and self._ticks >= 0
        try:
            if is_whole or (keep_part and _plays(self._part.path)):
                if not self._replace:
                    self.path = free_name(self.path)
                self._part.replace(self.path)
        except OSError as error:
            raise self._failure(error) from error
        finally:
            self._part.delete()
        if failure is not None:
            raise self._failure(failure) from failure

    def _end(self) -> av.FFmpegError | None:
        """Write what waits in the encoder and the index; what went wrong, if anything did."""
        self._open = False
        failure = None
        try:
            self._mux(self._stream.encode())
            if self._waiting is not None:
                if self._end_ticks > self._ticks:
                    self._waiting.duration = self._end_ticks - self._ticks
                self._container.mux(self._waiting)
        except av.FFmpegError as error:
            failure = error
        try:
            self._container.close()
        except av.FFmpegError as error:
            failure = failure or error
        return failure

    def _failure(self, error: OSError | av.FFmpegError) -> OutputError:
        return OutputError(
            LazyText(
                "'{path}' could not be written to its end: {reason}",
                path=self.path,
                reason=error.strerror or error,
            )
        )


def _try(stream: av.AudioStream, kind: str) -> None:
    """Fail on a track that would fail when the end of the file is written.

    Raises:
        ValueError, av.FFmpegError: The container cannot hold it, or it is damaged.
    """
    # Has what an .mp4 says about the track written at once; for some kinds it needs packets first.
    options = {} if codec_of(stream) in _NEEDS_PACKETS else {"movflags": "empty_moov"}
    with av.open(io.BytesIO(), "w", kind, options=options) as trial:
        _copy(stream, trial)
        trial.start_encoding()


def _copy(stream: av.AudioStream, container: av.container.OutputContainer) -> av.AudioStream:
    """A track for the packets of another one.

    Raises:
        ValueError: The container cannot hold it.
    """
    if stream.codec_context is None:
        raise ValueError("FFmpeg does not know the codec")
    codec, layout = codec_of(stream), _LAYOUTS.get(stream.codec_context.layout.name)
    if not codec.startswith("pcm_") or layout is None:
        return container.add_stream_from_template(stream)
    # Raw sound of which the file does not say where its channels are heard, as an .mp4 must.
    copy = container.add_stream(codec, rate=stream.codec_context.rate, layout=layout)
    assert isinstance(copy, av.AudioStream)
    return copy


def codec_of(stream: av.AudioStream) -> str:
    """What FFmpeg calls a track's codec."""
    context = stream.codec_context
    return "an unknown codec" if context is None else context.codec.canonical_name


def _tag_as_bt709(stream: av.VideoStream) -> None:
    """Say which colours the numbers stand for (ITU-T H.273), so that no player has to guess."""
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
    context.color_range = 1  # limited


def _plays(path: Path) -> bool:
    """Whether there is at least one frame in a file whose end could not be written."""
    try:
        with av.open(str(path.absolute())) as container:
            return next(container.decode(video=0), None) is not None
    except (av.FFmpegError, IndexError):
        return False
