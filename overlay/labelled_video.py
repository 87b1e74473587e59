"""One video file to another: its frames with labels, at their own times, and its sound."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from overlay.ahead import ahead
from overlay.drawing import Painter
from overlay.outputs.video_file import VideoFile, codec_of
from overlay.scene import Frame, Scene
from overlay.settings import Settings
from overlay.sources.sound import Sound
from overlay.sources.video import VideoSource

_Read = TypeVar("_Read", Scene, Scene | None)


@contextmanager
def read_ahead(
    frames: Iterable[Frame], perceive: Callable[[Frame], _Read]
) -> Iterator[Iterator[tuple[Frame, _Read]]]:
    """Decode frames in one thread and read them in another, while the block does the rest.

    Args:
        frames: The frames, decoded as they are taken.
        perceive: Reads one; is called in one thread, in order.
    """
    with (
        ahead(frames) as decoded,
        ahead((frame, perceive(frame)) for frame in decoded) as read,
    ):
        yield read


class LabelledVideo:
    """A video file that is written, frame by frame."""

    def __init__(self, video: VideoFile, sound: Sound, painter: Painter) -> None:
        """Prepare the sound tracks.

        Args:
            video: The file.
            sound: What is heard with it.
            painter: Draws the labels.
        """
        self._video = video
        self._sound = sound
        self._painter = painter
        self._damaged = False
        self._copied = {track.index for track in sound.tracks if video.add_sound(track)}

    def add(self, frame: Frame, scene: Scene | None) -> None:
        """Append a frame, with the labels of a scene or without any.

        Args:
            frame: The frame; labels are drawn onto its `image`.
            scene: What was seen in it.

        Raises:
            OutputError: It cannot be written, for example because the disk is full.
        """
        drawn = [] if scene is None else self._painter.paint(frame.image, scene)
        self._copy_sound(frame.time_s)
        if frame.planes is None:
            self._video.send(frame.image, frame.time_s)
        else:
            self._video.send_repainted(frame.planes, frame.image, drawn, frame.time_s)

    def end(self, frames_s: float | None = None, sound_s: float = math.inf) -> None:
        """Say when the video ends; all times in seconds after the first frame.

        Args:
            frames_s: Up to when the last frame is shown, if that is known.
            sound_s: Up to when the sound goes on; by default to its own end.

        Raises:
            OutputError: It cannot be written, for example because the disk is full.
        """
        if frames_s is not None:
            self._video.end_at(frames_s)
        self._copy_sound(sound_s)

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the file, one line each."""
        name, ending = self._video.path.name, self._video.path.suffix
        lost = [track for track in self._sound.tracks if track.index not in self._copied]
        hint = "" if ending == ".mkv" else "; a name that ends in .mkv can keep more kinds"
        warnings = [
            f"{name} lacks sound: {ending} cannot hold {codec_of(track)}{hint}" for track in lost
        ]
        if self._damaged or self._sound.damaged:
            warnings.append(f"{name} lacks sound where that of {self._sound.name} is damaged")
        return warnings

    def _copy_sound(self, until_s: float) -> None:
        for packet in self._sound.until(until_s + self._sound.lead_s):
            if packet.stream_index in self._copied:
                self._damaged |= not self._video.send_sound(packet)


@contextmanager
def labelled_video(
    path: Path,
    source: VideoSource,
    settings: Settings,
    *,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
) -> Iterator[LabelledVideo]:
    """Write a video file while the block runs; on an error in it nothing is left.

    Args:
        path: Where it goes, in place of an older file of that name.
        source: The video that is read.
        settings: How it is compressed, and the style of the labels.
        size: Width and height in pixels; those of the source if not given.
        fps: Frames a second; those of the source if not given.

    Raises:
        OutputError: It cannot be written.
        SourceError: The source cannot be read any more.
    """
    painter = Painter(**settings.label_style)
    with (
        Sound(source.path, source.first_s) as sound,
        VideoFile(
            path,
            size or source.size,
            fps or source.fps,
            replace=True,
            codec=settings.codec,
            live=False,
            first_s=sound.lead_s,
        ) as video,
    ):
        yield LabelledVideo(video, sound, painter)
