"""A video file to another one: every frame once, at its own time, as fast as the machine can."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from overlay.engine.status import Metrics, Status
from overlay.host.interrupts import interrupts
from overlay.host.terminal import progress
from overlay.labelled_video import LabelledVideo, labelled_video, read_ahead
from overlay.perception.live_perception import LivePerception
from overlay.perception.networks import Networks
from overlay.scene import Frame, Scene
from overlay.settings import Settings
from overlay.sources import fit, turn
from overlay.sources.video import VideoSource

# Time stamps are rounded to the units that a container counts in.
_TOLERANCE_S = 1e-4


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a video is written, and in which size and rate.

    Attributes:
        width, height: Size in pixels; if only one is given, the shape stays, and if none, the size.
        fps: Frames a second; None for the source's own frames at their own times.
        seconds: How much of the video, from its beginning; None for all.
    """

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    seconds: float | None = None

    def size(self, source: tuple[int, int]) -> tuple[int, int]:
        """The size of the output, in pixels, for that of the source."""
        width, height = source
        if self.width is None and self.height is None:
            return source
        return (
            self.width or max(1, round(width * (self.height or height) / height)),
            self.height or max(1, round(height * (self.width or width) / width)),
        )


def convert(
    settings: Settings,
    extent: Extent = Extent(),
    *,
    on_start: Callable[[Status], None] = lambda status: None,
) -> Status:
    """Read a video, draw labels if the mode is `on-air`, and write it; Ctrl-C ends it early.

    Args:
        settings: Source and output, both video files, and how to draw. An older file of the
            output's name is replaced.
        extent: How much is written, in which size and rate.
        on_start: Is told once, as soon as everything is open.

    Returns:
        The status at the end, for the summary.

    Raises:
        SourceError: The source cannot be read.
        OutputError: The output cannot be written; nothing half-written is left.
        ModelError: A model is missing or altered.
    """
    metrics = Metrics()
    metrics.begin()
    size = settings.size
    with interrupts(), suppress(KeyboardInterrupt), ExitStack() as stack:
        source = VideoSource(Path(settings.source), pace=False, with_planes=True)
        stack.callback(source.close)
        size = extent.size(source.size if settings.rotate % 180 == 0 else source.size[::-1])
        perceive = stack.enter_context(_perceiver(settings))
        video = stack.enter_context(
            labelled_video(Path(settings.output), source, settings, size=size, fps=extent.fps)
        )
        on_start(_status(settings, metrics, size))
        count = round(source.frame_count / source.fps * (extent.fps or source.fps))
        advance = stack.enter_context(progress("converting", count))
        frames = _fitted(_frames(source, extent), size, settings)
        with read_ahead(frames, perceive) as read, suppress(KeyboardInterrupt):
            # What is there by an interruption is a whole file.
            for frame, scene in read:
                _write(video, frame, scene, metrics)
                advance()
            whole_s = extent.seconds or math.inf
            video.end(min(source.end_s, whole_s) if extent.fps is None else None, whole_s)
        metrics.warnings = (*source.warnings, *video.warnings)
    return _status(settings, metrics, size)


def resampled(source: VideoSource, fps: float) -> Iterator[Frame]:
    """The frames that are shown at each tick of a constant rate, each with a picture of its own.

    Args:
        source: A video that is not paced.
        fps: Ticks a second.
    """
    tick = 0
    shown: Frame | None = None
    for frame in source:
        while shown is not None and tick / fps < frame.time_s - _TOLERANCE_S:
            yield _at_tick(shown, tick, fps)
            tick += 1
        shown = frame
    while shown is not None and tick / fps < shown.time_s + 1 / source.fps - _TOLERANCE_S:
        yield _at_tick(shown, tick, fps)
        tick += 1


def _at_tick(frame: Frame, tick: int, fps: float) -> Frame:
    return replace(frame, image=frame.image.copy(), time_s=tick / fps, index=tick)


def _frames(source: VideoSource, extent: Extent) -> Iterator[Frame]:
    for frame in source if extent.fps is None else resampled(source, extent.fps):
        if extent.seconds is not None and frame.time_s > extent.seconds - _TOLERANCE_S:
            return
        yield frame


def _fitted(frames: Iterator[Frame], size: tuple[int, int], settings: Settings) -> Iterator[Frame]:
    for frame in frames:
        upright = turn(frame.image, settings.rotate, settings.flip)
        image = fit(upright, *size, settings.fit)
        yield frame if image is frame.image else replace(frame, image=image, planes=None)


@contextmanager
def _perceiver(settings: Settings) -> Iterator[Callable[[Frame], Scene | None]]:
    """What reads a frame, if labels are drawn."""
    if settings.mode != "on-air":
        yield lambda frame: None
        return
    with LivePerception(Networks(sensitivity=settings.sensitivity)) as perception:
        yield perception.perceive


def _write(video: LabelledVideo, frame: Frame, scene: Scene | None, metrics: Metrics) -> None:
    metrics.frames_in += 1
    if scene is not None:
        metrics.count_scene(scene)
    video.add(frame, scene)
    metrics.count_frame(placeholder=False, label_age_s=None if scene is None else 0.0)


def _status(settings: Settings, metrics: Metrics, size: tuple[int, int]) -> Status:
    return metrics.status(
        mode=settings.mode,
        paused=False,
        running=False,
        source=Path(settings.source).name,
        output=Path(settings.output).name,
        window=None,
        width=size[0],
        height=size[1],
    )
