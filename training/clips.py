"""What the application shows of people in videos: ``python -m training.clips --folder clips``.

Each video is read frame by frame twice, as `analyze` reads files and as the live application reads
a camera (with media time in place of real time), with smoothing, tracking and resting faces. This
counts the labels of all frames, and how often the label of a face that stays in view changes,
`unsure` included.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from overlay.perception import Networks, Perception
from overlay.perception.live_perception import LivePerception
from overlay.scene import UNSURE, Frame, Scene
from training.errors import LabelError, one_line_errors
from training.export import write_whole

#: How a video can be read.
READERS: dict[str, type[Perception]] = {"file": Perception, "live": LivePerception}
_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm")
_NOT_AN_EXPRESSION = ("neutral", UNSURE)


@dataclass
class Shown:
    """What was shown of the faces of a video.

    Attributes:
        labels: in how many frames of a face each label was shown.
        changes: how often the label of a face differed from the frame before.
        seconds: how long faces were in view, all of them together.
    """

    labels: Counter[str] = field(default_factory=Counter)
    changes: int = 0
    seconds: float = 0.0
    _last: dict[int, tuple[float, str]] = field(default_factory=dict)

    def add(self, scene: Scene) -> None:
        """Count the faces of one more frame."""
        for face in scene:
            if face.emotion is None:
                continue
            label = face.emotion.label
            if face.id in self._last:
                before_s, before = self._last[face.id]
                self.seconds += scene.time_s - before_s
                self.changes += label != before
            self._last[face.id] = scene.time_s, label
            self.labels[label] += 1

    def as_dict(self) -> dict[str, Any]:
        """Figures for the card."""
        count = self.labels.total()
        expressions = sum(n for name, n in self.labels.items() if name not in _NOT_AN_EXPRESSION)
        return {
            "face_frames": count,
            "labels": dict(self.labels.most_common()),
            "expressions": expressions,
            "changes": self.changes,
            "seconds": round(self.seconds, 2),
        }


def frames(path: Path) -> Iterator[Frame]:
    """Each frame of a video with its media time.

    Raises:
        LabelError: the video cannot be read.
    """
    video = cv2.VideoCapture(str(path))
    try:
        fps, number = video.get(cv2.CAP_PROP_FPS), 0
        if not video.isOpened() or fps <= 0:
            raise LabelError(f"{path}: not a readable video")
        while (read := video.read())[0]:
            yield Frame(np.asarray(read[1], np.uint8), number / fps, number)
            number += 1
    finally:
        video.release()


def watch(path: Path, kind: str, model: Path | None = None) -> Shown:
    """What the application shows of a video, read in one of the ways of `READERS`."""
    shown = Shown()
    with READERS[kind](Networks(model)) as perception:
        for frame in frames(path):
            shown.add(perception.perceive(frame))
    return shown


@one_line_errors
def main(
    folder: Annotated[Path, typer.Option(help="Folder of videos.")],
    model: Annotated[Path | None, typer.Option(help="Default: the shipped model.")] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here instead.")
    ] = None,
) -> None:
    """Count labels and their changes in the videos of a folder."""
    paths = [path for path in sorted(folder.glob("*")) if path.suffix.lower() in _SUFFIXES]
    if not paths:
        raise LabelError(f"{folder}: no video there")
    result = {
        path.stem: {kind: watch(path, kind, model).as_dict() for kind in READERS} for path in paths
    }
    if json_path is not None:
        write_whole(json_path, (json.dumps(result, indent=1) + "\n").encode())
        return
    table = Table("video", "read as", "face-frames", "labels", "expressions", "changes", "seconds")
    for name, kinds in result.items():
        for kind, row in kinds.items():
            labels = ", ".join(f"{label} {count}" for label, count in row["labels"].items())
            figures = (row[figure] for figure in ("expressions", "changes", "seconds"))
            table.add_row(name, kind, str(row["face_frames"]), labels, *map(str, figures))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
