"""What was read in files, counted, and handed on to where it is kept or printed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from overlay.analysis.in_order import InOrder
from overlay.analysis.job import Job, Outcome, to_line
from overlay.analysis.parts import Parts
from overlay.host.terminal import FileProgress


@dataclass(slots=True)
class Counts:
    """What was read in one file, or in several.

    Attributes:
        frames: Number of frames read.
        frames_with_faces: Number of them with at least one face.
        faces: Number of faces over all frames.
        emotions: Face-frames by label, `unsure` included.
    """

    frames: int = 0
    frames_with_faces: int = 0
    faces: int = 0
    emotions: Counter[str] = field(default_factory=Counter)

    def add_scene(self, scene: dict[str, Any]) -> None:
        """Count one scene, as `describe` gives it."""
        faces = scene["faces"]
        self.frames += 1
        self.frames_with_faces += len(faces) > 0
        self.faces += len(faces)
        self.emotions.update(face["emotion"] for face in faces if "emotion" in face)

    def add(self, other: Counts) -> None:
        """Count what others have counted."""
        self.frames += other.frames
        self.frames_with_faces += other.frames_with_faces
        self.faces += other.faces
        self.emotions += other.emotions


class Results:
    """Receives what is read in files (see `Receiver`), from several threads."""

    def __init__(
        self, parts: Parts | None, printer: InOrder | None, progress: FileProgress
    ) -> None:
        """Begin with nothing.

        Args:
            parts: Keeps what was read until it is written; None if it is not.
            printer: Prints it; None if it is not printed.
            progress: Shows how far each file has been read.
        """
        self._parts = parts
        self._printer = printer
        self._progress = progress
        self._counts: dict[Job, Counts] = {}

    def begin(self, job: Job) -> Job:
        """This file, which will be read soon."""
        self._counts[job] = Counts()
        if self._parts is not None:
            self._parts.begin(job)
        return job

    def expect(self, job: Job, count: int) -> None:
        """So many frames will be read in it; 0 if that is not known."""
        self._progress.begin(job.file, count)

    def add(self, job: Job, scene: dict[str, Any]) -> None:
        """This was read in its next frame."""
        self._counts[job].add_scene(scene)
        line = to_line(scene)
        if self._parts is not None:
            self._parts.add(job, line)
        if self._printer is not None:
            self._printer.add(job, line)
        self._progress.advance(job.file)

    def finish(self, job: Job, outcome: Outcome) -> Counts:
        """It has been read, or left out."""
        if self._parts is not None:
            self._parts.finish(job, outcome)
        if self._printer is not None:
            self._printer.finish(job)
        self._progress.finish(job.file)
        return self._counts.pop(job)

    def again(self, job: Job) -> Counts:
        """It was read before, and `Parts` has the results."""
        assert self._parts is not None
        counts = Counts()
        for line in self._parts.scenes(job):
            counts.add_scene(json.loads(line))
            if self._printer is not None:
                self._printer.add(job, line)
        if self._printer is not None:
            self._printer.finish(job)
        self._progress.finish(job.file)
        return counts
