"""What the application does now, in words for its user; the same in windows, menu and tooltip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from overlay.language import N_, _

APP_TITLE = "Emotion Overlay"

#: The modes in the order of the keys 1, 2 and 3: name, and what each means; for `_`.
MODES: tuple[tuple[Literal["off", "only-me", "on-air"], str, str], ...] = (
    ("off", N_("Off"), N_("Nobody sees labels")),
    ("only-me", N_("Only me"), N_("Only you see labels")),
    ("on-air", N_("On air"), N_("Everyone sees labels")),
)

_GO_ON_AIR = N_("""\
Go on air?

Everyone in the call will see the labels, beside every face in your picture. They are a \
machine's estimates and can be wrong. Everyone in the picture should know and agree.

You will not be asked again until the application is restarted.""")

_STILL_RUNNING = N_(
    "Emotion Overlay keeps running\n\n"
    "Closing this window does not end it: your call still gets the "
    "picture. To open the window again, use the icon in the tray or start "
    "Emotion Overlay once more. To end it, choose Quit in the icon's menu, "
    "or run `emotion-overlay stop`.\n\n"
    "This message is shown only once."
)

#: What users call the parts of the application that may have a problem.
_PARTS = {
    "source": N_("Camera"),
    "output": N_("Virtual camera"),
    "perception": N_("Labels"),
    "drawing": N_("Labels"),
    "window": N_("Window"),
    "recording": N_("Recording"),
    "picture": N_("Picture"),
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


@dataclass(frozen=True, slots=True)
class Dialog:
    """A question or a notice.

    Attributes:
        text: What it says; a first paragraph of one line is its heading.
        yes: The button that agrees; in a notice, the only one.
        no: The button that refuses; None for a notice. Closing the dialog refuses as well.
        yes_is_default: Whether the Return key agrees at once.
        asks_text: Whether the user types a line to agree.
        title: What its title bar says.
    """

    text: str
    yes: str = field(default_factory=lambda: _("Close"))
    no: str | None = None
    yes_is_default: bool = True
    asks_text: bool = False
    title: str = APP_TITLE


def go_on_air() -> Dialog:
    """The question before everyone in the call sees labels."""
    return Dialog(_(_GO_ON_AIR), yes=_("Go on air"), no=_("Cancel"))


def still_running() -> Dialog:
    """The notice that a closed window does not end the application."""
    return Dialog(_(_STILL_RUNNING), yes=_("OK"))


def mode_name(mode: str) -> str:
    """What users call a mode."""
    return next((_(name) for known, name, _means in MODES if known == mode), mode)


def call_view(status: Mapping[str, Any]) -> CallView:
    """What the call really sees.

    Args:
        status: `Status.as_dict()`.
    """
    problems, mode = status["problems"], status["mode"]
    if "output" in problems:
        return CallView(_("No virtual camera"), _("Nobody in a call sees anything yet."), "problem")
    if status["output"] in ("none", "window"):
        return CallView(_("Preview only"), _("Nothing is sent to a call."), "calm")
    if status["paused"]:
        detail = _("The call sees a still picture that says so; your camera is off.")
        return CallView(_("Camera paused"), detail, "calm")
    if "source" in problems:
        detail = _("The call sees a still picture that says so.")
        return CallView(_("No picture from the camera"), detail, "problem")
    if mode == "on-air":
        return CallView(_("On air"), _("Everyone in the call sees the labels."), "on-air")
    if mode == "off":
        return CallView(_("Off"), _("The call sees clean video, without labels."), "calm")
    return CallView(_("Only me"), _("The call sees clean video; only you see labels."), "calm")


def problem_lines(problems: Mapping[Any, str]) -> tuple[str, ...]:
    """What is wrong, one line for each part with a problem."""
    return tuple(f"{_(_PARTS.get(room, room))}: {text}" for room, text in problems.items())


def sharing_line(title: str) -> str:
    """That something is shared with a class."""
    return _("Sharing with the class “{title}”").format(title=title)


def class_line(known: Mapping[str, Any]) -> str:
    """How it is with the class that something is shared with.

    Args:
        known: Its `state`, `title` and `problem`, from the application's answer.
    """
    if known["problem"]:
        return _("The class gets nothing from you: {problem}").format(problem=known["problem"])
    if known["state"] != "sharing":
        return _("Joining a class...")
    return sharing_line(known["title"])


def footer(status: Mapping[str, Any], *, has_tray: bool = True) -> str:
    """Where the picture comes from and goes, and without a tray, where the rest is."""
    camera = _("off") if status["paused"] or status["standby"] else status["source"]
    line = _(
        "Camera: {camera}.  Output: {output}, {width} x {height}, {fps} "
        "pictures a second.  No microphone is used."
    ).format(
        camera=camera,
        output=status["output"],
        width=status["width"],
        height=status["height"],
        fps=round(status["fps"]),
    )
    if has_tray:
        return line
    more = _(
        "Recording, reports and the set-up steps need the tray: start `emotion-overlay` instead."
    )
    return f"{line}\n{more}"
