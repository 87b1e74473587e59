"""Reading files instead of a camera: labels and numbers for pictures, folders and videos."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from overlay.analysis._picture_process import open_painter
from overlay.analysis.description import describe
from overlay.analysis.pictures import Pictures, nothing_read
from overlay.atomic_file import atomic_write
from overlay.errors import OutputError, SourceError
from overlay.interrupts import interrupts
from overlay.outputs.video_file import VideoFile
from overlay.perception import Perception
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources.image import find_images, is_picture
from overlay.sources.video import VideoSource
from overlay.targets import check_folder, check_targets
from overlay.terminal import progress


@dataclass(slots=True)
class Analysis:
    """What was read in a file.

    Attributes:
        input: The file, as the user named it.
        frames: Number of frames read.
        frames_with_faces: Number of them with at least one face.
        faces: Number of faces over all frames.
        emotions: Face-frames by label, `unsure` included.
        warnings: What the user should know about the input, one line each.
    """

    input: str
    frames: int = 0
    frames_with_faces: int = 0
    faces: int = 0
    emotions: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def add(self, scene: dict[str, Any]) -> None:
        """Count one scene, as `describe` gives it."""
        faces = scene["faces"]
        self.frames += 1
        self.frames_with_faces += len(faces) > 0
        self.faces += len(faces)
        self.emotions.update(face["emotion"] for face in faces if "emotion" in face)


def analyze(
    input: str,
    *,
    save: Path | None,
    json_path: Path | None,
    settings: Settings,
    force: bool = False,
) -> Analysis:
    """Read every frame of a picture, folder or video.

    Pictures are judged one by one; a video is tracked and smoothed as a call would be.

    Args:
        input: Path of an image, a folder of images, or a video.
        save: Where the labelled picture, folder of pictures or video goes; None for nowhere.
        json_path: Where one JSON object a frame goes; `-` is stdout, None nowhere.
        settings: Sensitivity, and style of the labels.
        force: Whether files that are there already may be replaced, without asking.

    Raises:
        SourceError: The input cannot be read.
        TargetError: A result would overwrite the input, or another file unasked.
        OutputError: A result cannot be written. Nothing half-written is left.
        ModelError: A model is missing or altered.
    """
    path = Path(input)
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        raise SourceError(f"no such file or folder: '{input}'") from None
    except OSError as error:
        raise SourceError(f"'{input}' cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise SourceError(f"'{input}' is a device: name an image, a folder of images or a video")
    read = _read_pictures if is_picture(path) else _read_video
    with interrupts():
        return read(path, Analysis(input), save, json_path, settings, force)


def _read_pictures(
    path: Path,
    analysis: Analysis,
    save: Path | None,
    json_path: Path | None,
    settings: Settings,
    force: bool,
) -> Analysis:
    files, folder = find_images(path), os.path.isdir(path)
    if save is not None and folder:
        check_folder(save, path)
    saved = {file: save / file.name if folder else save for file in files} if save else {}
    check_targets([*_files(json_path), *saved.values()], inputs=files, force=force)
    with ExitStack() as stack:
        pictures = stack.enter_context(Pictures(files, settings, save=saved, in_folder=folder))
        write = stack.enter_context(_json_lines(json_path))
        advance = stack.enter_context(progress("reading", len(files)))
        for scene in pictures:
            if scene is not None:
                write(scene)
                analysis.add(scene)
            advance()
        analysis.warnings += pictures.warnings
        if not analysis.frames:
            raise nothing_read(path, pictures.warnings)
    return analysis


def _read_video(
    path: Path,
    analysis: Analysis,
    save: Path | None,
    json_path: Path | None,
    settings: Settings,
    force: bool,
) -> Analysis:
    check_targets([*_files(json_path), *_files(save)], inputs=[path], force=force)
    with ExitStack() as stack:
        source = VideoSource(path, pace=False)
        stack.callback(source.close)
        perception = stack.enter_context(Perception(sensitivity=settings.sensitivity))
        write = stack.enter_context(_json_lines(json_path))
        keep = stack.enter_context(_saver(save, source, settings))
        advance = stack.enter_context(progress("reading", source.frame_count))
        for frame in source:
            scene = perception.perceive(frame)
            described = describe(scene)
            write(described)
            keep(frame, scene)
            analysis.add(described)
            advance()
        analysis.warnings += source.warnings
    return analysis


def _files(path: Path | None) -> list[Path]:
    """The file that is written for a path; none for standard output."""
    return [] if path is None or str(path) == "-" else [path]


@contextmanager
def _json_lines(path: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    if path is None:
        yield lambda scene: None
        return
    if str(path) == "-":
        yield lambda scene: print(json.dumps(scene), file=sys.stdout)
        return
    try:
        with atomic_write(path) as file:
            yield lambda scene: _write_line(file, scene)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _write_line(file: IO[bytes], scene: dict[str, Any]) -> None:
    file.write(json.dumps(scene).encode() + b"\n")


@contextmanager
def _saver(
    save: Path | None, source: VideoSource, settings: Settings
) -> Iterator[Callable[[Frame, Scene], None]]:
    if save is None:
        yield lambda frame, scene: None
        return
    painter = open_painter(settings)

    def keep(frame: Frame, scene: Scene) -> None:
        image: Image = frame.image.copy()
        painter.paint(image, scene)
        video.send(image, frame.time_s)

    with VideoFile(save, source.size, source.fps, replace=True) as video:
        yield keep
