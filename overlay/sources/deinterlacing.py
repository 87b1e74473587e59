"""Interlaced video, as old cameras and television have it, as whole pictures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import av


def progressive(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """The same frames at the same times; those that are interlaced are made one picture each.

    Raises:
        av.FFmpegError: A frame cannot be converted.
    """
    for frame in frames:
        if frame.interlaced_frame:
            yield from _deinterlaced(frame, frames)
            return
        yield frame


def _deinterlaced(first: av.VideoFrame, rest: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """Frames from the first interlaced one on, by FFmpeg's filter `bwdif`."""
    graph = av.filter.Graph()
    given = graph.add("buffer", _describe(first))
    combined = graph.add("bwdif", "mode=send_frame:deint=interlaced")
    done = graph.add("buffersink")
    graph.link_nodes(given, combined, done).configure()
    given.push(first)
    for frame in rest:
        if _describe(frame) != _describe(first):
            given.push(None)
            yield from _ready(done)
            yield from progressive(chain([frame], rest))
            return
        given.push(frame)
        yield from _ready(done)
    given.push(None)
    yield from _ready(done)


def _describe(frame: av.VideoFrame) -> str:
    """The arguments of a `buffer` filter for such frames."""
    return (
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:"
        f"time_base={frame.time_base}:colorspace={frame.colorspace}:range={frame.color_range}"
    )


def _ready(done: av.filter.context.FilterContext) -> Iterator[av.VideoFrame]:
    while True:
        try:
            frame = done.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.VideoFrame)
        yield frame
