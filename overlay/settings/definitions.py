"""Every setting with its default, its limits and what it does."""

from __future__ import annotations

import difflib
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from overlay.camera_url import private_parts, shown
from overlay.desktop.hotkey import parse_hotkey
from overlay.errors import SettingsError
from overlay.language import AUTO, LANGUAGES, LazyText, _, resolve
from overlay.logs import keep_out

#: off: clean video for everyone. only-me: clean video for the call, labels in the private window.
#: on-air: labels for everyone.
Mode = Literal["off", "only-me", "on-air"]

#: Sources and outputs that are not the path of a file.
_KINDS = frozenset({"auto", "webcam", "demo", "virtual", "pipewire", "window", "none"})

#: The settings that say how labels are drawn, by the names that `drawing.Painter` takes.
LABEL_STYLE = frozenset({"theme", "language", "boxes", "bars", "scale"})


class Settings(BaseModel):
    """All settings, validated; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Field(
        default="only-me",
        description="Who sees labels at the start: off, only-me or on-air.",
    )
    source: str = Field(
        default="auto",
        min_length=1,
        description="Where frames come from: webcam, webcam:NAME, demo, the rtsp:// or http:// URL "
        "of a network camera, the path of an image, a folder of images or a video, or auto for the "
        "webcam (without one, `run` shows the demo).",
    )
    output: str = Field(
        default="auto",
        min_length=1,
        description="Where frames go: virtual, virtual:DEVICE, pipewire (Linux), window, none, a "
        "file (.mp4, .mkv, .webm), or auto for the virtual camera.",
    )
    width: int = Field(
        default=1280, ge=64, le=3840, multiple_of=2, description="Output width in pixels, even."
    )
    height: int = Field(
        default=720, ge=64, le=2160, multiple_of=2, description="Output height in pixels, even."
    )
    fps: float = Field(
        default=30.0,
        ge=1,
        le=120,
        description="Frames per second, from camera to output.",
    )
    fit: Literal["auto", "crop", "letterbox"] = Field(
        default="auto",
        description="How a picture of another shape fills the output: crop, letterbox, or auto: "
        "crop if that cuts off at most a quarter.",
    )
    rotate: int = Field(
        default=0,
        ge=0,
        le=270,
        multiple_of=90,
        description="Turn the picture clockwise by 90, 180 or 270 degrees, for a camera on its "
        "side.",
    )
    flip: bool = Field(
        default=False,
        description="Swap left and right for everyone, to undo a camera's mirroring.",
    )
    codec: Literal["h264", "hevc", "vp9", "av1"] = Field(
        default="h264",
        description="How video files are compressed: h264 (plays everywhere), hevc, vp9 or av1.",
    )
    theme: Literal["dark", "light"] = Field(
        default="dark", description="Colours of the labels: dark or light."
    )
    language: str = Field(
        default=AUTO,
        description="Language of windows, menu, labels and reports: en, hi or auto (the system's).",
    )
    boxes: bool = Field(default=True, description="Draw a box around each face.")
    bars: bool = Field(
        default=False, description="Show the probabilities of all seven emotions as bars."
    )
    scale: float = Field(
        default=1.0, ge=0.5, le=3, description="Size of text and lines, 0.5 to 3; 1 is normal."
    )
    sensitivity: Literal["calm", "balanced", "sensitive"] = Field(
        default="balanced",
        description="How readily a face gets a label other than neutral: calm, balanced or "
        "sensitive; takes effect at the next start.",
    )
    perception_hz: float = Field(
        default=15.0, ge=1, le=60, description="How many times per second faces are read, at most."
    )
    window: bool = Field(
        default=True, description="Open the private window, which shows labels in only-me."
    )
    window_on_top: bool = Field(
        default=False, description="Keep the private window above other windows."
    )
    mirror_window: bool = Field(
        default=True,
        description="Mirror the private window; text stays readable.",
    )
    standby_when_unused: bool = Field(
        default=False,
        description="Turn the webcam and its light off while no program uses the virtual camera "
        "(Linux).",
    )
    consent: int = Field(
        default=0,
        ge=0,
        description='Which version of "Before you begin" you agreed to; 0: none. '
        "`emotion-overlay agree` sets it.",
    )
    offer_in_calls: bool = Field(
        default=True,
        description="When a call opens the virtual camera, offer to go on air or to record; such a "
        "recording ends with the call (Linux).",
    )
    notifications: bool = Field(
        default=True,
        description="Tell you through the desktop's notifications when you are on air, the camera "
        "is lost or back, a recording has ended, or something is wrong.",
    )
    hotkey_on_air: str = Field(
        default="",
        description="Hotkey, in any window, that goes on air and back, such as ctrl+alt+o; empty: "
        "none.",
    )
    hotkey_panic: str = Field(
        default="", description="Hotkey that takes all labels off at once, such as ctrl+alt+p."
    )
    hotkey_mark: str = Field(
        default="", description="Hotkey that marks this moment of a recording, such as f9."
    )
    start_at_login: bool = Field(default=False, description="Start when you log in.")
    student: str = Field(default="", description="The student whose expressions the tray records.")
    idle_minutes: float = Field(
        default=15.0,
        ge=0,
        le=24 * 60,
        description="End a recording after this many minutes without you; 0: never.",
    )
    retention_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Delete recorded sessions older than this when the next one begins.",
    )

    @field_validator("source", "output", "student")
    @classmethod
    def _has_no_zero(cls, name: str) -> str:
        if "\0" in name:  # which no system call takes
            raise ValueError("Input should not contain a zero character")
        return name

    @field_validator("hotkey_on_air", "hotkey_panic", "hotkey_mark")
    @classmethod
    def _is_a_hotkey(cls, text: str) -> str:
        return str(parse_hotkey(text)) if text else ""

    @field_validator("language")
    @classmethod
    def _has_a_catalogue(cls, code: str) -> str:
        if code not in (AUTO, *LANGUAGES):
            raise ValueError
        return code

    def model_post_init(self, context: Any) -> None:
        """Keep what may name a person out of the log."""
        keep_out(*self.private_texts)

    @property
    def private_texts(self) -> tuple[str, ...]:
        """What may name a person: the student, and files and cameras chosen by name."""
        details = [spec.partition(":") for spec in (self.source, self.output)]
        named = [
            detail if kind in _KINDS else kind + colon + detail for kind, colon, detail in details
        ]
        return tuple(
            text
            for text in (self.student, *named)
            if text and not text.isdecimal() and not text.startswith("/dev/video")
        ) + private_parts(self.source)

    @property
    def shown_source(self) -> str:
        """The source as it may be shown: of a URL no more than the host."""
        return shown(self.source)

    @property
    def size(self) -> tuple[int, int]:
        """Output width and height, in pixels."""
        return self.width, self.height

    @property
    def label_style(self) -> dict[str, Any]:
        """How labels are drawn: the arguments of `drawing.Painter`."""
        return self.model_dump(include=set(LABEL_STYLE)) | {"language": resolve(self.language)}


#: What each setting does, in one line.
DESCRIPTIONS: dict[str, str] = {
    name: field.description or "" for name, field in Settings.model_fields.items()
}


def choices(name: str) -> tuple[str, ...]:
    """The values that a setting can have, if they are few and have names; else none."""
    kind = Settings.model_fields[name].annotation
    if name == "language":
        return (AUTO, *LANGUAGES)
    return get_args(kind) if get_origin(kind) is Literal else ()


def settings_form(settings: Settings) -> list[dict[str, Any]]:
    """Every setting as a form shows it, in types that JSON knows.

    Returns:
        For each its `name`, `value`, `description`, `kind` (`bool`, `int`, `float` or `str`),
        `choices`, and limits: `least`, `most` and `step`, None where there is none.
    """
    return [
        {
            "name": name,
            "value": getattr(settings, name),
            "description": field.description,
            "kind": getattr(field.annotation, "__name__", "str") if not choices(name) else "str",
            "choices": list(choices(name)),
            "least": _bound(name, "ge"),
            "most": _bound(name, "le"),
            "step": _bound(name, "multiple_of"),
        }
        for name, field in Settings.model_fields.items()
    ]


def parse_setting(name: str, text: str) -> Any:
    """The value of a setting that is given as text.

    Args:
        name: Its name; a hyphen counts as an underscore.
        text: For example `1280`, `true` or `on-air`.

    Raises:
        SettingsError: There is no such setting, or the value cannot be used.
    """
    name = name.replace("-", "_")
    return getattr(_validated({name: text}), name)


def make_settings(**values: Any) -> Settings:
    """Build settings from values, leaving out those that are None.

    Raises:
        SettingsError: A value is of the wrong kind or out of range.
    """
    return _validated({name: value for name, value in values.items() if value is not None})


def change_settings(settings: Settings, **values: Any) -> Settings:
    """The settings with some values changed.

    Raises:
        SettingsError: A value is of the wrong kind or out of range.
    """
    return _validated({**settings.model_dump(), **values})


def unknown_setting(name: str) -> str:
    """What is said about a name that is no setting's."""
    close = difflib.get_close_matches(name.replace("-", "_"), Settings.model_fields, 1)
    if close:
        text = _("unknown setting {name}, did you mean {close}?")
        return text.format(name=name, close=close[0])
    return _("unknown setting {name}").format(name=name)


def _validated(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if name not in Settings.model_fields:
            raise SettingsError(unknown_setting(name)) from None
        raise SettingsError(
            LazyText(
                "setting {name} must be {what}, not {value!r}",
                name=name,
                what=_demand(name),
                value=first["input"],
            )
        ) from None


def _demand(name: str) -> LazyText | str:
    """What a setting takes, for people."""
    if names := choices(name):
        *others, last = names
        if not others:
            return last
        return LazyText("{others} or {last}", others=", ".join(others), last=last)
    field = Settings.model_fields[name]
    if name.startswith("hotkey_"):
        return LazyText("a hotkey such as ctrl+alt+o or f9, or empty")
    if field.annotation is bool:
        return LazyText("true or false")
    if field.annotation is str:
        return LazyText("a text")
    least, most, step = (_bound(name, bound) for bound in ("ge", "le", "multiple_of"))
    kind = LazyText("a whole number") if field.annotation is int else LazyText("a number")
    if step is not None:
        kind = (
            LazyText("an even whole number")
            if step == 2
            else LazyText("a multiple of {step}", step=step)
        )
    if most is None:
        return LazyText("{kind} of at least {least}", kind=kind, least=least)
    return LazyText("{kind} from {least} to {most}", kind=kind, least=least, most=most)


def _bound(name: str, bound: str) -> Any:
    """A limit of a setting, or None."""
    metadata = Settings.model_fields[name].metadata
    return next((getattr(each, bound) for each in metadata if hasattr(each, bound)), None)
