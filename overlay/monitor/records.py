"""What is kept of a session and of each of its seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

#: How a session ended. `interrupted`: by a crash or a power cut; what was written is kept.
EndedHow = Literal["running", "stopped", "idle", "app-ended", "interrupted"]


class Second(NamedTuple):
    """What was seen in one second of a session.

    A second in which perception saw no frame (pause, suspend, lost camera) has no row.

    Attributes:
        time_s: When the second began, in whole seconds of real time since the session began: pauses
            and a suspended machine count, changes of the wall clock do not.
        clock: UTC epoch seconds when the second began, by the wall clock of that moment.
        observed_s: How much of this second perception observed, 0 to 1.
        present: Share of perceived frames with the student's face, 0 to 1.
        unsure: Share of present frames labelled unsure, 0 to 1.
        probabilities: Mean smoothed probabilities of `EMOTIONS` while present, or None.
        label: The most frequent label of the present frames: an emotion, `unsure`, or None.
        yaw_deg: Mean turn of the head while present; positive to the student's own left.
        pitch_deg: Mean nod of the head while present; positive is up.
        pose_error_deg: One standard deviation of the error of yaw and pitch.
        away: Share of present frames in which the head is clearly turned away, 0 to 1.
        size: Mean height of the face in frame heights while present.
        dark: Share of present frames in which the face is too dark to judge, 0 to 1.
        own: The student's own label in at least half of the present frames, or None.
        unidentified: Share of perceived frames with a face that may not be the student's, 0 to 1.
    """

    time_s: float
    clock: float
    observed_s: float
    present: float
    unsure: float
    probabilities: tuple[float, ...] | None
    label: str | None
    yaw_deg: float | None
    pitch_deg: float | None
    pose_error_deg: float | None
    away: float
    size: float | None
    dark: float
    own: str | None = None
    unidentified: float = 0.0


class Mark(NamedTuple):
    """A moment that the student marked while it was being recorded.

    Attributes:
        time_s: When, in seconds of real time since the session began.
        note: What the student wrote about it then; may be empty.
    """

    time_s: float
    note: str = ""


class Reflection(NamedTuple):
    """What the student wrote afterwards about a moment.

    Attributes:
        time_s: When the moment began, in seconds of real time since the session did.
        kind: What kind of moment it is, as in `Moment.kind`.
        words: What the student wrote.
    """

    time_s: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Session:
    """One session.

    Attributes:
        id: Its number in the store; never used again.
        title: What the student calls it; may be empty.
        began: UTC epoch seconds.
        ended: UTC epoch seconds; None while it runs.
        utc_offset_s: Local time minus UTC at its beginning, in seconds.
        ended_how: `running`, or how it ended.
        app_version: Version of the application that recorded it.
        model_version: Version of the expression network.
        pauses: Beginning and end of each pause in UTC epoch seconds.
        marks: The moments that the student marked, in order of time.
        goal: The student's goal for it, as `goals.parse` reads it; empty if there was none.
        reflections: What the student wrote about moments, in order of time.
    """

    id: int
    title: str
    began: float
    ended: float | None
    utc_offset_s: int
    ended_how: EndedHow
    app_version: str
    model_version: str
    pauses: tuple[tuple[float, float], ...] = ()
    marks: tuple[Mark, ...] = ()
    goal: str = ""
    reflections: tuple[Reflection, ...] = ()
