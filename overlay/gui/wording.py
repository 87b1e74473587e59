"""What the application does now, in words for its user; the same in windows, menu and tooltip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from overlay.gui.dialog import Dialog

APP_TITLE = "Emotion Overlay"

#: The modes in the order of the keys 1, 2 and 3: name, and what each means.
MODES: tuple[tuple[str, str, str], ...] = (
    ("off", "Off", "Nobody sees labels"),
    ("only-me", "Only me", "Only you see labels"),
    ("on-air", "On air", "Everyone sees labels"),
)

GO_ON_AIR = Dialog(
    APP_TITLE,
    """\
Go on air?

Everyone in the call will see the labels, beside every face in your picture. They are a \
machine's estimates and can be wrong. Everyone in the picture should know and agree.

You will not be asked again until the application is restarted.""",
    yes="Go on air",
    no="Cancel",
)

STILL_RUNNING = """\
Emotion Overlay keeps running

Closing this window does not end it: your call still gets the picture. Open the window again from \
the icon in the tray, or start Emotion Overlay once more. To end it, choose Quit in the menu of \
the icon, or run `emotion-overlay stop`.

This is said only once."""

#: What users call the parts of the application that may have a problem.
_PARTS = {
    "source": "Camera",
    "output": "Virtual camera",
    "perception": "Labels",
    "drawing": "Labels",
    "window": "Window",
    "recording": "Recording",
}

#: How much the user should care: everyone sees labels, something is wrong, all is as it should be.
Tone = Literal["on-air", "problem", "calm"]


@dataclass(frozen=True, slots=True)
class CallView:
    """What the call sees.

    Attributes:
        headline: In a few words.
        detail: In a sentence.
        tone: How much the user should care.
    """

    headline: str
    detail: str
    tone: Tone


def call_view(status: Mapping[str, Any]) -> CallView:
    """What the call really sees.

    Args:
        status: `Status.as_dict()`.
    """
    problems, mode = status["problems"], status["mode"]
    if "output" in problems:
        return CallView("No virtual camera", "Nobody in a call sees anything yet.", "problem")
    if status["output"] in ("none", "window"):
        return CallView("Preview only", "Nothing is sent to a call.", "calm")
    if status["paused"]:
        detail = "The call sees a still picture that says so; your camera is off."
        return CallView("Camera paused", detail, "calm")
    if "source" in problems:
        detail = "The call sees a still picture that says so."
        return CallView("No picture from the camera", detail, "problem")
    if mode == "on-air":
        return CallView("On air", "Everyone in the call sees the labels.", "on-air")
    if mode == "off":
        return CallView("Off", "The call sees clean video, without labels.", "calm")
    return CallView("Only me", "The call sees clean video; only you see labels.", "calm")


def problem_lines(problems: Mapping[Any, str]) -> tuple[str, ...]:
    """What is wrong, one line for each part with a problem."""
    return tuple(f"{_PARTS.get(room, room)}: {text}" for room, text in problems.items())


def footer(status: Mapping[str, Any]) -> str:
    """Where the picture comes from and goes, in one line."""
    camera = "off" if status["paused"] or status["standby"] else status["source"]
    return (
        f"Camera: {camera}.  To: {status['output']}, {status['width']} x {status['height']}, "
        f"{status['fps']:.0f} pictures a second.  No microphone is used."
    )
