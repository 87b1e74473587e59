"""A video file to another one: every frame once, at its own time, as fast as the machine can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from overlay.drawing import Painter
from overlay.engine.status import Metrics, Status
from overlay.interrupts import interrupts
from overlay.outputs.video_file import VideoFile
from overlay.perception import Perception
from overlay.scene import Frame, Image
from overlay.settings import Settings
from overlay.sources import fit
from overlay.sources.video import VideoSource
from overlay.terminal import progress

# Time stamps are rounded to the units that a container counts in.
_TOLERANCE_S = 1e-4


def convert(
    settings: Settings,
    *,
    fps: float | None = None,
    seconds: float | None = None,
    on_start: Callable[[Status], None] = lambda status: None,
) -> Status:
    """Read a video, draw labels if the mode is `on-air`, and write it; Ctrl-C ends it early.

    Args:
        settings: Source and output, both video files, and how to draw. An older file of the
            output's name is replaced.
        fps: Frames a second to write; None for the source's own frames at their own times.
        seconds: How much of the video to convert; None for all.
        on_start: Is told once, as soon as everything is open.

    Returns:
        The status at the end, for the summary.

    Raises:
        SourceError: The source cannot be read.
        OutputError: The output cannot be written; nothing half-written is left.
        ModelError: A model is missing or altered.
    """
    size = settings.size
    metrics = Metrics()
    metrics.begin()
    with interrupts(), suppress(KeyboardInterrupt), ExitStack() as stack:
        source = VideoSource(Path(settings.source), pace=False)
        stack.callback(source.close)
        label = stack.enter_context(_labeller(settings, metrics))
        output = VideoFile(Path(settings.output), size, fps or source.fps, replace=True)
        stack.enter_context(output)
        on_start(_status(settings, metrics))
        count = source.frame_count if fps is None else round(source.frame_count / source.fps * fps)
        advance = stack.enter_context(progress("converting", count))
        with suppress(KeyboardInterrupt):  # what is there by then is a whole file
            for frame in _frames(source, fps, seconds):
                metrics.frames_in += 1
                image = fit(frame.image, *size, settings.fit)
                output.send(label(Frame(image, frame.time_s, frame.index)), frame.time_s)
                advance()
    return _status(settings, metrics)


def resampled(source: VideoSource, fps: float) -> Iterator[Frame]:
    """The frames that are shown at each tick of a constant rate.

    Args:
        source: A video that is not paced.
        fps: Ticks a second.
    """
    tick = 0
    shown: Frame | None = None
    for frame in source:
        while shown is not None and tick / fps < frame.time_s - _TOLERANCE_S:
            yield Frame(shown.image, tick / fps, tick)
            tick += 1
        shown = frame
    while shown is not None and tick / fps < shown.time_s + 1 / source.fps - _TOLERANCE_S:
        yield Frame(shown.image, tick / fps, tick)
        tick += 1


def _frames(source: VideoSource, fps: float | None, seconds: float | None) -> Iterator[Frame]:
    for frame in source if fps is None else resampled(source, fps):
        if seconds is not None and frame.time_s > seconds - _TOLERANCE_S:
            return
        yield frame


@contextmanager
def _labeller(settings: Settings, metrics: Metrics) -> Iterator[Callable[[Frame], Image]]:
    """What makes of a frame the picture that is written, and counts it."""
    if settings.mode != "on-air":

        def plain(frame: Frame) -> Image:
            metrics.count_frame(placeholder=False, label_age_s=None)
            return frame.image

        yield plain
        return
    painter = Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )
    with Perception() as perception:

        def labelled(frame: Frame) -> Image:
            scene = perception.perceive(frame)
            metrics.count_scene(scene)
            image: Image = frame.image.copy()
            painter.paint(image, scene)
            metrics.count_frame(placeholder=False, label_age_s=0.0)
            return image

        yield labelled


def _status(settings: Settings, metrics: Metrics) -> Status:
    return metrics.status(
        mode=settings.mode,
        paused=False,
        running=False,
        source=Path(settings.source).name,
        output=Path(settings.output).name,
        window=None,
        width=settings.width,
        height=settings.height,
    )
