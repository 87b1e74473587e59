"""Small video files of every kind that people have, made with FFmpeg."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from overlay.scene import Image

#: Time stamps are counted in milliseconds, as phones do.
TICK = Fraction(1, 1000)

#: Samples a second of all sound.
RATE = 48_000


def patches(width: int = 128, height: int = 96) -> Image:
    """Eight patches of known colours in two rows, uint8 [height, width, 3], BGR."""
    colours = np.array(
        [
            [[40, 40, 40], [200, 200, 200], [60, 60, 180], [60, 160, 60]],
            [[180, 60, 60], [120, 160, 210], [0, 0, 0], [255, 255, 255]],
        ],
        np.uint8,
    )
    return np.kron(colours, np.ones((height // 2, width // 4, 1), np.uint8))


def middles(image: Image) -> npt.NDArray[np.int_]:
    """The colours in the middle of the patches, [2, 4, 3]."""
    height, width = image.shape[:2]
    return image[height // 4 :: height // 2, width // 8 :: width // 4].astype(int)


def encoded(
    image: Image, kind: str, *, matrix: str | int = "ITU709", full: bool = False
) -> av.VideoFrame:
    """A picture as a frame of a pixel format, by a matrix, in full or limited range."""
    frame = av.VideoFrame.from_ndarray(image, format="bgr24")
    return frame.reformat(
        format=kind, dst_colorspace=matrix, dst_color_range="JPEG" if full else "MPEG"
    )


def write_media(
    path: Path,
    frames: Iterable[av.VideoFrame],
    times_s: Sequence[float],
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    prepare: Callable[[av.VideoStream], None] = lambda stream: None,
    sounds: Sequence[tuple[str, float, float]] = (),
) -> Path:
    """Write a video, and beside it as many sound tracks as are asked for.

    Args:
        path: The file; its ending says what kind.
        frames: The pictures.
        times_s: When each is shown.
        codec: Name of the video's encoder.
        options: Its options.
        prepare: Is given the video's stream before it is opened, to set what it likes.
        sounds: Encoder, start and end in seconds of each sound track.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream(
            codec, rate=30, options={"bf": "0"} if options is None else options
        )
        tracks = [container.add_stream(name, rate=RATE, layout="mono") for name, _, _ in sounds]
        for track in tracks:
            track.bit_rate = 64_000
        started = False
        packets: list[av.Packet] = []
        for frame, time_s in zip(frames, times_s, strict=False):
            if not started:
                video.width, video.height = frame.width, frame.height
                video.pix_fmt = frame.format.name
                video.time_base = video.codec_context.time_base = TICK
                prepare(video)
                started = True
            frame.pts, frame.time_base = round(time_s / TICK), TICK
            packets += video.encode(frame)
        packets += video.encode()
        for track, (_, start_s, end_s) in zip(tracks, sounds, strict=True):
            packets += _tone(track, start_s, end_s)
        for packet in sorted(packets, key=lambda p: float((p.dts or 0) * p.time_base)):
            container.mux(packet)
    return path


def _tone(track: av.AudioStream, start_s: float, end_s: float) -> list[av.Packet]:
    context = track.codec_context
    kind = context.format.name
    packets: list[av.Packet] = []
    size = context.frame_size or 1024
    for first in range(round(start_s * RATE), round(end_s * RATE), size):
        wave = np.sin(2 * math.pi * 440 * (first + np.arange(size)) / RATE)[None] * 0.3
        frame = av.AudioFrame.from_ndarray(wave.astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        if kind != "fltp":
            (frame,) = av.AudioResampler(kind, "mono", RATE).resample(frame)
        packets += track.encode(frame)
    return packets + track.encode()
