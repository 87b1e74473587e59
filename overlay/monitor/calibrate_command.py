"""What `calibrate` does: take reference pictures, keep their numbers, say what they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from overlay.consent import check_consent
from overlay.drawing import Painter
from overlay.drawing.caption import Caption
from overlay.errors import OutputError, StudentError
from overlay.host.display import has_display
from overlay.monitor.calibration import (
    Calibration,
    Effect,
    Model,
    add_references,
    check_label,
    effect_of,
    read_calibration,
    reset_calibration,
)
from overlay.monitor.references import Guide, files_in, read_files
from overlay.monitor.students import Student
from overlay.outputs import Output, open_output
from overlay.perception.own_labels import FEWEST_REFERENCES
from overlay.perception.population import Recall
from overlay.perception.portrait import PortraitReader
from overlay.scene import EMOTIONS, Box, Face, Image, KeyPoints, Scene
from overlay.settings import Settings
from overlay.sources import fit, open_source, turn

Say = Callable[[str], None]

#: Recall on other people's faces that falls by more than this is reported.
_LOSS = 0.01


def what(
    files: list[Path], *, folder: Path | None, emotion: str | None, own_label: str | None
) -> list[tuple[str, Path]] | str | None:
    """What the arguments ask for: labelled files, one label to take with the camera, or None.

    None stands for neutral and whatever the student names next.

    Raises:
        StudentError: The arguments contradict each other, or a label cannot be used.
    """
    if sum(given is not None for given in (folder, emotion, own_label)) > 1:
        raise StudentError("--from, --emotion and --own-label: choose one of them")
    if folder is not None:
        if files:
            raise StudentError("--from already names the pictures: leave out the others")
        return files_in(folder)
    if emotion is not None and check_label(emotion) not in EMOTIONS:
        raise StudentError(
            f"{emotion!r} is not an expression: use {', '.join(EMOTIONS)}, "
            "or --own-label for a label of your own"
        )
    if own_label is not None and check_label(own_label) in EMOTIONS:
        raise StudentError(
            f"{own_label!r} is an expression, not a label of your own: use --emotion"
        )
    label = emotion or own_label
    if label is None and files:
        raise StudentError("say what the pictures show: --emotion happy, or --own-label WORD")
    return [(str(label), path) for path in files] if files else label


def reset(student: Student) -> str:
    """Delete a student's calibration, and say so.

    Raises:
        StudentError: It cannot be deleted.
    """
    if reset_calibration(student):
        return f"{student.name}: calibration deleted"
    return f"{student.name}: there was no calibration"


def calibrate_from_files(student: Student, files: list[tuple[str, Path]]) -> Calibration:
    """Keep what the network says about pictures: of all of them, or of none.

    Args:
        student: Whose.
        files: Label and file of each picture.

    Raises:
        StudentError: A file cannot be used, there are too few of a label, or they cannot be kept.
        ModelError: A model is missing or altered.
    """
    with PortraitReader() as reader:
        fresh = read_files(reader, [(check_label(label), path) for label, path in files])
    return add_references(student, fresh)


def calibrate_guided(
    student: Student, labels: Iterable[str], *, shots: int, settings: Settings, say: Say
) -> Calibration | None:
    """Take pictures with the camera, one label after another, and keep their numbers.

    Each label is kept as soon as its pictures are taken.

    Args:
        student: Whose.
        labels: What the student is to show, one by one.
        shots: Pictures of each; a label of the student's own takes at least `FEWEST_REFERENCES`.
        settings: Which camera, and how the private window looks.
        say: Is given lines for the student.

    Returns:
        The new calibration, or None without any label.

    Raises:
        SourceError: The camera cannot be opened.
        ConsentError: The user has not agreed to its being read.
        StudentError: No picture could be taken, or they cannot be kept.
        ModelError: A model is missing or altered.
    """
    size = settings.size
    calibration = None
    with (
        open_source(
            settings.source,
            size=size,
            fps=settings.fps,
            before_camera=lambda: check_consent(settings),
        ) as source,
        PortraitReader() as reader,
        _Window(settings) as window,
    ):
        frames = (
            replace(frame, image=turn(frame.image, settings.rotate, settings.flip))
            for frame in source
        )
        guide = Guide(frames, reader, say=say, show=window.show)
        for label in map(check_label, labels):
            count = shots if label in EMOTIONS else max(shots, FEWEST_REFERENCES)
            calibration = add_references(student, guide.take(label, count))
    return calibration


def describe(student: Student, calibration: Calibration | None = None) -> list[str]:
    """What is kept of a student's calibration and what it changes, line by line.

    Args:
        student: Whose.
        calibration: The calibration, if it is known; else it is read.

    Raises:
        StudentError: It cannot be read.
        ModelError: A model is missing or altered.
    """
    calibration = calibration or read_calibration(student)
    if calibration is None:
        return [f"{student.name}: not calibrated"]
    counts = ", ".join(f"{n} {label}" for label, n in calibration.references.counts.items())
    lines = [f"{student.name}: {counts}; numbers only, no pictures are kept"]
    model = Model.current()
    if calibration.model.sha256 != model.sha256:
        return [
            *lines,
            f"not used, because it was made with network {calibration.model.version} and this is "
            f"{model.version}: calibrate again",
        ]
    return [*lines, *_effect_lines(effect_of(calibration))]


def _effect_lines(effect: Effect) -> list[str]:
    lines = []
    if effect.references:
        lines = ["pictures read correctly, each of them left out of the calibration in turn:"]
        lines += [
            f"  {label}: {recall.before} of {recall.faces} before, {recall.after} after"
            for label, recall in effect.references.items()
        ]
        lines += [*_change_lines(effect), *_losses(effect.others)]
    for label, (right, count) in effect.own.items():
        lines.append(f"your own {label!r}: {right} of {count} recognised when left out")
        if effect.is_seldom_recognised(label):
            lines.append(
                f"warning: {label!r} will often not be recognised: take its pictures again, with a "
                "face that differs more from your other expressions"
            )
    return lines


def _change_lines(effect: Effect) -> list[str]:
    lines = []
    if effect.touched:
        lines.append(f"changed: {', '.join(effect.touched)}; the others stay as they were")
    elif effect.strength > 0:
        lines.append("nothing changes yet: that takes pictures of two expressions")
    else:
        lines.append("nothing changes, because it would not help with the pictures left out")
    risky = [name for name in effect.touched if name not in effect.references]
    if risky:
        lines.append(
            f"some pictures are mistaken for {' and '.join(risky)}, which may now be read less "
            "often: add pictures of that too"
        )
    if effect.spared:
        lines.append(
            f"some pictures are mistaken for {' and '.join(effect.spared)}, and this is not "
            "corrected, because that would hide the expression; add pictures of it too"
        )
    return lines


def _losses(others: Mapping[str, Recall]) -> list[str]:
    """Expressions that would be read worse on other people's faces, and so perhaps on yours."""
    worse = [
        f"{label} {recall.before} of {recall.faces} before, {recall.after} after"
        for label, recall in others.items()
        if (recall.before - recall.after) / recall.faces > _LOSS
    ]
    if not worse:
        return ["no expression is read worse on other people's faces"] if others else []
    return [f"read worse on other people's faces, and perhaps on yours: {'; '.join(worse)}"]


@dataclass
class _Window:
    """The guide's private window, if there is a display; the picture is mirrored."""

    settings: Settings
    output: Output | None = None

    def __enter__(self) -> _Window:
        if self.settings.window and has_display():
            try:
                self.output = open_output("window", size=self.settings.size, fps=self.settings.fps)
            except OutputError:  # the terminal says the same
                self.output = None
        theme = self.settings.theme
        self._painter, self._caption = Painter(theme=theme, mark=False), Caption(theme)
        return self

    def __exit__(self, *_: object) -> None:
        if self.output is not None:
            self.output.close()

    def show(self, image: Image, box: Box | None, line: str) -> None:
        """Show a frame, where the face is, and what to do."""
        if self.output is None:
            return
        if self.output.closed:
            raise StudentError("the window was closed: no more pictures were taken")
        self.output.send(self.draw(image, box, line))

    def draw(self, image: Image, box: Box | None, line: str) -> Image:
        """The mirrored frame, with the face's box and the line."""
        height, width = image.shape[:2]
        shown = np.ascontiguousarray(cv2.flip(image, 1), np.uint8)
        if box is not None:
            face = Face(1, box, 1.0, KeyPoints(*[box.center] * 6)).mirrored(width)
            self._painter.paint(shown, Scene(0, 0.0, width, height, (face,)))
        shown = fit(shown, *self.settings.size, "letterbox")
        if line:
            self._caption.draw(shown, line)
        return shown
