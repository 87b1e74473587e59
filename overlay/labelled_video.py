"""One video file to another: its frames with labels, at their own times, and its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from overlay.ahead import ahead
from overlay.drawing import Painter
from overlay.outputs.video_file import VideoFile
from overlay.outputs.video_formats import Codec
from overlay.perception import Perception
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources.sound import Sound
from overlay.sources.video import VideoSource


@contextmanager
def read_ahead(
    frames: Iterable[Frame], perceive: Callable[[Frame], Scene]
) -> Iterator[Iterator[tuple[Frame, Scene]]]:
    """Decode frames in one thread and read them in another, while the block does the rest.

    Args:
        frames: The frames, decoded as they are taken.
        perceive: Reads one; from one thread, in order.
    """
    with (
        ahead(frames) as decoded,
        ahead((frame, perceive(frame)) for frame in decoded) as read,
    ):
        yield read


def open_painter(settings: Settings) -> Painter:
    """What draws labels in the style of the settings."""
    return Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )


class LabelledVideo:
    """The file that is written. On an error inside its `with` block nothing is left of it.

    Attributes:
        warnings: What the user should know about it so far, one line each.
    """

    def __init__(
        self,
        path: Path,
        source: VideoSource,
        settings: Settings,
        *,
        input: Path,
        size: tuple[int, int] | None = None,
        fps: float | None = None,
    ) -> None:
        """Begin the file.

        Args:
            path: Where it goes, in place of an older file.
            source: The video that is read.
            settings: Codec, and style of the labels.
            input: The file that is read.
            size: Width and height in pixels; None for those of the source.
            fps: Frames a second; None for those of the source.

        Raises:
            OutputError: It cannot be written.
            SourceError: The source cannot be read any more.
        """
        self.warnings: list[str] = []
        self._painter = open_painter(settings)
        self._end_s = 0.0
        self._frame_s = 1 / (fps or source.fps)
        with ExitStack() as stack:
            self._sound = stack.enter_context(Sound(input, source.first_s))
            self._video = stack.enter_context(
                VideoFile(
                    path,
                    size or source.size,
                    fps or source.fps,
                    replace=True,
                    codec=settings.codec,
                    live=False,
                    first_s=self._sound.lead_s,
                )
            )
            self._add_sound(path)
            self._stack = stack.pop_all()
