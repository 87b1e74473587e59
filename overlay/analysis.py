"""Reading files instead of a camera: labels and numbers for pictures, folders and videos."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from overlay.atomic_file import atomic_write
from overlay.drawing import Painter
from overlay.errors import OutputError, SourceError
from overlay.interrupts import interrupts
from overlay.outputs.video_file import VideoFile
from overlay.perception import Perception
from overlay.pictures import save_picture
from overlay.scene import EMOTIONS, Face, Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources import open_source
from overlay.sources.image import ImageSource
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

    def add(self, scene: Scene) -> None:
        """Count one scene."""
        self.frames += 1
        self.frames_with_faces += len(scene) > 0
        self.faces += len(scene)
        self.emotions.update(face.emotion.label for face in scene if face.emotion)


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
    analysis = Analysis(input)
    with interrupts(), ExitStack() as stack:
        source = _open_file(input)
        stack.callback(source.close)
        _check_results(Path(input), source, save, json_path, force)
        perception = stack.enter_context(
            Perception(smooth=isinstance(source, VideoSource), sensitivity=settings.sensitivity)
        )
        write = stack.enter_context(_json_lines(json_path))
        keep = stack.enter_context(_saver(save, source, settings))
        advance = stack.enter_context(progress("reading", source.frame_count))
        for frame in source:
            scene = perception.perceive(frame)
            write(describe(scene, file=source.file if isinstance(source, ImageSource) else None))
            keep(frame, scene)
            advance()
            analysis.add(scene)
        analysis.warnings += source.warnings
    return analysis


def describe(scene: Scene, *, file: str | None = None) -> dict[str, Any]:
    """One scene as the JSON object of `analyze --json`; lengths in pixels of the input."""
    described: dict[str, Any] = {"frame": scene.frame_index, "time_s": round(scene.time_s, 4)}
    if file is not None:
        described["file"] = file
    faces = [_describe_face(face) for face in scene]
    return described | {"width": scene.width, "height": scene.height, "faces": faces}


def _describe_face(face: Face) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": face.id,
        "box": [round(value, 2) for value in face.box],
        "score": round(face.score, 4),
        "keypoints": {
            name: [round(value, 2) for value in point]
            for name, point in face.keypoints._asdict().items()
        },
    }
    if face.emotion is not None:
        probabilities = zip(EMOTIONS, face.emotion.probabilities, strict=True)
        described["emotion"] = face.emotion.label
        if face.emotion.reason is not None:
            described["reason"] = face.emotion.reason
        described["probability"] = round(face.emotion.probability, 4)
        described["probabilities"] = {name: round(value, 4) for name, value in probabilities}
    return described


def _open_file(input: str) -> VideoSource | ImageSource:
    if not Path(input).exists():
        raise SourceError(f"no such file or folder: '{input}'")
    source = open_source(input, pace=False)
    if isinstance(source, VideoSource | ImageSource):
        return source
    source.close()
    raise SourceError(f"'{input}' is a device: name an image, a folder of images or a video")


def _check_results(
    input: Path,
    source: VideoSource | ImageSource,
    save: Path | None,
    json_path: Path | None,
    force: bool,
) -> None:
    """Make sure that the results may be written, before the first one is."""
    inputs = source.files if isinstance(source, ImageSource) else [input]
    results = [] if json_path is None or str(json_path) == "-" else [json_path]
    if save is not None and isinstance(source, ImageSource) and source.is_folder:
        check_folder(save, input)
        results += [save / file.name for file in source.files]
    elif save is not None:
        results.append(save)
    check_targets(results, inputs=inputs, force=force)


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
    save: Path | None, source: VideoSource | ImageSource, settings: Settings
) -> Iterator[Callable[[Frame, Scene], None]]:
    if save is None:
        yield lambda frame, scene: None
        return
    painter = Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )

    def painted(frame: Frame, scene: Scene) -> Image:
        image: Image = frame.image.copy()
        painter.paint(image, scene)
        return image

    if isinstance(source, VideoSource):
        with VideoFile(save, source.size, source.fps, replace=True) as video:
            yield lambda frame, scene: video.send(painted(frame, scene), frame.time_s)
    elif source.is_folder:
        _make_folder(save)
        yield lambda frame, scene: save_picture(save / source.file, painted(frame, scene))
    else:
        yield lambda frame, scene: save_picture(save, painted(frame, scene))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: no folder can be made there: {error.strerror}") from error
