"""What each setting is called in the settings window, what it does, and what its values mean.

In the words of people who make calls; the command line and the settings file have
`Settings.DESCRIPTIONS`, in the words of those who write commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from overlay.language import N_, _, catalogue

#: What the user does not set here: agreeing has a dialog of its own.
NOT_SHOWN = frozenset({"consent"})


@dataclass(frozen=True, slots=True)
class SettingText:
    """The words for one setting, for `_`.

    Attributes:
        title: What it is called.
        sentence: What it does.
        choices: What its values are called, where they have names.
    """

    title: str
    sentence: str
    choices: Mapping[Any, str] = field(default_factory=dict)


_Texts = dict[str, SettingText]

_CALL: _Texts = {
    "mode": SettingText(
        N_("Mode at the start"),
        N_("Who sees labels when Emotion Overlay starts."),
        {
            "off": N_("Off: nobody sees labels"),
            "only-me": N_("Only me: only you see labels"),
            "on-air": N_("On air: everyone sees labels"),
        },
    ),
    "source": SettingText(
        N_("Camera"),
        N_("The camera whose picture is used. Automatic takes the first one that works."),
        {
            "auto": N_("Automatic"),
            "webcam": N_("The first camera"),
            "demo": N_("Demo, without a camera"),
        },
    ),
    "output": SettingText(
        N_("Virtual camera"),
        N_("Where the picture goes. Choose the same camera in Zoom, Meet or Teams."),
        {
            "auto": N_("Automatic"),
            "virtual": N_("The first virtual camera"),
            "pipewire": N_("PipeWire camera"),
            "window": N_("This window only"),
            "none": N_("Nowhere: nothing is sent"),
        },
    ),
    "width": SettingText(
        N_("Width of the picture"),
        N_("In pixels. It can be changed while no call uses the virtual camera."),
    ),
    "height": SettingText(
        N_("Height of the picture"),
        N_("In pixels. It can be changed while no call uses the virtual camera."),
    ),
    "fps": SettingText(
        N_("Pictures a second"),
        N_(
            "More pictures look smoother but keep your computer busier. Calls "
            "seldom show more than 30."
        ),
    ),
    "standby_when_unused": SettingText(
        N_("Camera off between calls"),
        N_("Turns your camera and its light off while no call uses the picture. On Linux only."),
    ),
    "offer_in_calls": SettingText(
        N_("Ask when a call begins"),
        N_(
            "Asks whether to go on air or to record you. That recording ends with the call. On "
            "Linux only."
        ),
    ),
}

_PICTURE: _Texts = {
    "rotate": SettingText(
        N_("Rotate the picture"),
        N_("For a camera that lies on its side."),
        {
            0: N_("As it is"),
            90: N_("A quarter turn to the right"),
            180: N_("Upside down"),
            270: N_("A quarter turn to the left"),
        },
    ),
    "flip": SettingText(
        N_("Swap left and right for everyone"),
        N_("For a camera that sends a mirrored picture, so that others can read what you show."),
    ),
    "fit": SettingText(
        N_("If the camera's picture has another shape"),
        N_("Cut its edges off, or show all of it between black bars."),
        {
            "auto": N_("Automatic: cut off a quarter at most"),
            "crop": N_("Cut the edges off"),
            "letterbox": N_("Show all of it"),
        },
    ),
}

_LABELS: _Texts = {
    "theme": SettingText(
        N_("Colours of the labels"),
        N_("Dark labels have white text, light ones black text."),
        {"dark": N_("Dark"), "light": N_("Light")},
    ),
    "scale": SettingText(
        N_("Size of the labels"), N_("1 is normal, 2 twice as large, 0.5 half as large.")
    ),
    "boxes": SettingText(N_("Boxes"), N_("A box around each face.")),
    "bars": SettingText(
        N_("Bars for all expressions"),
        N_("Shows how likely each of the seven expressions is, not only the likeliest."),
    ),
    "sensitivity": SettingText(
        N_("Sensitivity"),
        N_(
            "How easily a face gets a label other than neutral. Calm shows fewer "
            "labels, and fewer wrong ones. Takes effect at the next start."
        ),
        {"calm": N_("Calm"), "balanced": N_("Balanced"), "sensitive": N_("Sensitive")},
    ),
    "perception_hz": SettingText(
        N_("Readings a second"),
        N_("How often faces are read, at most. Fewer readings keep your computer less busy."),
    ),
}

_WINDOW: _Texts = {
    "window": SettingText(
        N_("Open automatically in Only me"),
        N_("Opens the private window when only you see labels."),
    ),
    "window_on_top": SettingText(
        N_("Always on top"),
        N_("Keeps the private window in front. On Wayland, only the desktop can do that."),
    ),
    "mirror_window": SettingText(
        N_("Mirror what you see"),
        N_("You see yourself as in a mirror; the call sees you the right way round."),
    ),
}

_RECORDINGS: _Texts = {
    "student": SettingText(
        N_("Who is recorded"), N_("The name under which your recordings are kept.")
    ),
    "idle_minutes": SettingText(N_("Minutes without you until a recording ends"), N_("0: never.")),
    "retention_days": SettingText(
        N_("Days to keep recordings"),
        N_("Older ones are deleted when the next recording begins."),
    ),
}

_HOTKEYS: _Texts = {
    "hotkey_on_air": SettingText(
        N_("On air and back"),
        N_("Works in any window. For example ctrl+alt+o; leave it empty for none."),
    ),
    "hotkey_panic": SettingText(
        N_("All labels off"), N_("For example ctrl+alt+p; leave it empty for none.")
    ),
    "hotkey_mark": SettingText(
        N_("Mark this moment"),
        N_("Only while you record yourself. For example f9; leave it empty for none."),
    ),
}

_APPLICATION: _Texts = {
    "language": SettingText(
        N_("Language"),
        N_("Of windows, menu, labels and reports."),
        {"auto": N_("The system's")},
    ),
    "notifications": SettingText(
        N_("Notifications"),
        N_("Says when you are on air, when the camera is lost, and when a recording has ended."),
    ),
    "start_at_login": SettingText(N_("Start at login"), N_("Starts when you log in.")),
    "codec": SettingText(
        N_("Format of video files"),
        N_("For video that is written to a file. H.264 plays everywhere."),
        {"h264": "H.264", "hevc": "H.265 (HEVC)", "vp9": "VP9", "av1": "AV1"},
    ),
}

#: The pages, with what is on each; what has no words of its own is on the last.
PAGES: tuple[tuple[str, _Texts], ...] = (
    (N_("Camera and call"), _CALL),
    (N_("Picture"), _PICTURE),
    (N_("Labels"), _LABELS),
    (N_("Private window"), _WINDOW),
    (N_("Recordings"), _RECORDINGS),
    (N_("Hotkeys"), _HOTKEYS),
    (N_("Application"), _APPLICATION),
    (N_("Other"), {}),
)

TEXTS: _Texts = {name: text for _page, texts in PAGES for name, text in texts.items()}


def text_of(name: str, description: str) -> SettingText:
    """The words for a setting; for one without, its name, and what the command line says of it."""
    return TEXTS.get(name) or SettingText(name.replace("_", " ").capitalize(), description)


def value_name(name: str, value: Any) -> str:
    """What a value of a setting is called; cameras and files by their own names.

    Args:
        name: The setting.
        value: Its value.
    """
    known = text_of(name, "").choices
    if value in known:
        return _(known[value])
    if name == "language":
        return catalogue(str(value)).pgettext("the name of this language, in itself", "English")
    if name in ("source", "output"):
        return _device_name(str(value))
    return str(value)


def _device_name(spec: str) -> str:
    kind, _colon, rest = spec.partition(":")
    if kind in ("webcam", "virtual") and rest:
        return rest
    if "://" in spec:
        return _("Network camera")
    return _("File: {name}").format(name=PurePath(spec).name)
