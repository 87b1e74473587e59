"""Reads whole files, frame by frame, and labels them; runs in a worker process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from overlay.analysis.description import describe
from overlay.analysis.job import Job, Outcome
from overlay.drawing import Painter
from overlay.errors import OutputError, SourceError
from overlay.labelled_video import labelled_video, read_ahead
from overlay.perception import Perception
from overlay.perception.live_perception import LivePerception
from overlay.perception.networks import Networks
from overlay.pictures import save_picture
from overlay.scene import Frame
from overlay.settings import Settings
from overlay.sources.picture_file import read_picture
from overlay.sources.video import VideoSource

#: Is told the scene of each frame, as `describe` gives it.
Tell = Callable[[dict[str, Any]], None]

#: Is told how many frames a file has; 0 if that is not known.
Expect = Callable[[int], None]


class FileReader:
    """Reads and labels pictures and videos, one file after another."""

    def __init__(self, settings: Settings) -> None:
        """Open the models.

        Args:
            settings: Sensitivity, and style of the labels.

        Raises:
            ModelError: A model is missing or altered.
        """
        self._settings = settings
        self._networks = Networks(sensitivity=settings.sensitivity)
        self._alone = Perception(self._networks, smooth=False)
        self._painter = Painter(**settings.label_style)

    def read(self, job: Job, tell: Tell, expect: Expect = lambda count: None) -> Outcome:
        """Read one file, and save it with labels if that is asked for.

        A picture is judged by itself, and so is each frame of a video of which only some are
        read; else a video is tracked and smoothed over time as a call would be.

        Args:
            job: The file.
            tell: Is told the scene of each frame, as `describe` gives it.
            expect: Is told how many frames there will be; 0 if that is not known.

        Raises:
            OutputError: The labelled file cannot be written. Nothing half-written is left.
            ModelError: A model is missing or altered.
        """
        read = self._read_picture if job.kind == "picture" else self._read_video
        try:
            return read(job, tell, expect)
        except SourceError as error:
            return Outcome(left_out=str(error).replace(f"'{job.path}'", "it", 1))

    def _read_picture(self, job: Job, tell: Tell, expect: Expect) -> Outcome:
        expect(1)
        picture = read_picture(job.path)
        image = picture.image
        scene = self._alone.perceive(Frame(image, 0.0, 0))
        if job.save is not None:
            self._painter.forget()
            self._painter.paint(image, scene)
            _make_folder_of(job)
            save_picture(job.save, image)
        tell(describe(scene, file=job.file))
        return Outcome(warnings=tuple(f"{job.file} {note}" for note in picture.notes))

    def _read_video(self, job: Job, tell: Tell, expect: Expect) -> Outcome:
        with ExitStack() as stack:
            source = VideoSource(
                job.path, pace=False, every_s=job.every_s, with_planes=job.save is not None
            )
            stack.callback(source.close)
            perception = self._alone
            if job.every_s is None:
                perception = LivePerception(self._networks, thorough=True)  # which stay open
            video = None
            if job.save is not None:
                _make_folder_of(job)
                video = stack.enter_context(labelled_video(job.save, source, self._settings))
            expect(source.frame_count)
            with read_ahead(source, perception.perceive) as read:
                for frame, scene in read:
                    if video is not None:
                        video.add(frame, scene)
                    tell(describe(scene, file=job.file))
            if video is not None:
                video.end(source.end_s)
            warnings = [job.file + line.removeprefix(source.name) for line in source.warnings]
            if job.save is not None and video is not None:
                saved = f"{job.file}: its labelled video"
                warnings += [saved + line.removeprefix(job.save.name) for line in video.warnings]
            return Outcome(warnings=tuple(warnings))


def _make_folder_of(job: Job) -> None:
    """Make the folder for the labelled file, if that is asked for."""
    if job.save is None or not job.make_folder:
        return
    path = job.save.parent
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: no folder can be made there: {error.strerror}") from error
