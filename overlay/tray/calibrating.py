"""Calibration with the camera of the running call, guided in the window."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from overlay.app import App
from overlay.errors import OverlayError
from overlay.language import _
from overlay.scene import EMOTIONS, Frame
from overlay.tray.recording import Recording

if TYPE_CHECKING:
    from overlay.monitor.calibration import Calibration, Effect
    from overlay.monitor.references import Guide
    from overlay.monitor.students import Student
    from overlay.perception.personal import References

#: How many pictures are taken of each expression.
PICTURES = 10

#: A face in front of the camera is larger than the network needs also in pictures so wide.
_WIDTH_PX = 640

#: In which order expressions are offered.
_ORDER = ["neutral", *(label for label in EMOTIONS if label != "neutral")]


@dataclass(frozen=True, slots=True)
class _State:
    """What the window shows.

    Attributes:
        step: Whether pictures are being taken, the student must decide, or it is over.
        line: What to do now, or what has come of it.
        calibration: What is kept if the student decides so.
        student: Whose.
    """

    step: Literal["none", "running", "asking", "done"] = "none"
    line: str = ""
    calibration: Calibration | None = field(default=None, repr=False)
    student: Student | None = field(default=None, repr=False)


class Calibrating:
    """Takes pictures of one expression at a time, says what they change, and keeps their numbers.

    A label of the student's own that is seldom recognised is kept only if the student says so.

    Args:
        app: Whose frames are used.
        recording: Knows who the student is.
    """

    def __init__(self, app: App, recording: Recording) -> None:
        self._app = app
        self._recording = recording
        self._state = _State()
        self._guide: Guide | None = None
        self._running = threading.Lock()
        self._cancelled = False

    def describe(self) -> dict[str, Any]:
        """How far it is, for a window, in types that JSON knows."""
        guide, state = self._guide, self._state
        taken = guide.taken if guide is not None else 0
        numbers = {"taken": taken, "count": PICTURES, "labels": _ORDER}
        return {"calibration": {"step": state.step, "line": state.line, **numbers}}

    def take(self, label: str) -> None:
        """Take pictures of a label, and say what they change; waits until that is done.

        Args:
            label: Of `EMOTIONS`, or the student's own.
        """
        if not self._running.acquire(blocking=False):
            return
        self._cancelled = False
        try:
            student = self._recording.student()
            if student is not None:
                self._state = _State("running")
                self._state = self._taken(student, label)
        except OverlayError as error:
            self._state = _State() if self._cancelled else _State("done", str(error))
        finally:
            self._guide = None
            self._running.release()

    def end(self, keep: bool) -> None:
        """Stop, or answer whether to keep what was taken."""
        self._cancelled = True
        state, self._state = self._state, _State()
        if keep and state.calibration is not None and state.student is not None:
            from overlay.monitor.calibration import keep_calibration

            keep_calibration(state.student, state.calibration)

    def _taken(self, student: Student, label: str) -> _State:
        from overlay.monitor.calibration import (
            check_label,
            effect_of,
            keep_calibration,
            with_references,
        )

        label = check_label(label)
        calibration = with_references(student, self._references(label))
        effect = effect_of(calibration)
        line = describe_effect(effect, label)
        if label not in EMOTIONS and effect.is_seldom_recognised(label):
            return _State("asking", line, calibration, student)
        keep_calibration(student, calibration)
        return _State("done", line)

    def _references(self, label: str) -> References:
        from overlay.monitor.references import Guide
        from overlay.perception.portrait import PortraitReader

        with PortraitReader() as reader:
            frames = self._app.frames(lambda: not self._cancelled)
            self._guide = Guide(map(_small, frames), reader, say=self._say)
            return self._guide.take(label, PICTURES)

    def _say(self, line: str) -> None:
        if not self._cancelled:
            self._state = replace(self._state, line=line)


def _small(frame: Frame) -> Frame:
    """The frame, small enough to be searched several times a second beside a call."""
    import cv2

    height, width = frame.image.shape[:2]
    if width <= _WIDTH_PX:
        return frame
    size = _WIDTH_PX, round(height * _WIDTH_PX / width)
    image = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    return replace(frame, image=np.asarray(image, np.uint8))


def describe_effect(effect: Effect, label: str) -> str:
    """What a calibration does for one label, in plain words.

    Args:
        effect: What it does.
        label: One that it has references of.
    """
    from overlay.monitor.wording import adjective

    if label in effect.own:
        right, count = effect.own[label]
        found = _("It recognises your “{label}” {right} out of {count} times.")
        lines = [found.format(label=label, right=right, count=count)]
        if effect.is_seldom_recognised(label):
            lines.append(
                _(
                    "That is not often, so the label will seldom be shown. Try again with "
                    "a face that differs more from your other expressions."
                )
            )
        return " ".join(lines)
    recall = effect.references[label]
    found = _(
        "When you look {word}, it now reads your face correctly {right} out of {count} times."
    )
    word = adjective(label)
    lines = [found.format(right=recall.after, count=recall.faces, word=word)]
    if recall.after != recall.before:
        lines.append(_("Before, it was {before} times.").format(before=recall.before))
    if len(effect.references) == 1:
        lines.append(_("To learn what is special about your face, it needs one more expression."))
    return " ".join(lines)
