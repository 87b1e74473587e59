"""Every setting with its default, its limits and what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from overlay.errors import SettingsError

#: off: clean video for everyone. only-me: clean video for the call, labels in the private window.
#: on-air: labels for everyone.
Mode = Literal["off", "only-me", "on-air"]

#: Sources and outputs that are not the path of a file.
_KINDS = frozenset({"auto", "webcam", "demo", "virtual", "pipewire", "window", "none"})

_LANGUAGES = Path(__file__).resolve().parent / "drawing" / "languages"


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
        description="Where frames come from: webcam, webcam:NAME, demo, the path of an image, a "
        "folder of images or a video, or auto for the webcam (`run` shows the demo without one).",
    )
    output: str = Field(
        default="auto",
        min_length=1,
        description="Where frames go: virtual, virtual:DEVICE, pipewire (Linux), window, none, an "
        ".mp4 file, or auto for the virtual camera.",
    )
    width: int = Field(
        default=1280, ge=64, le=3840, multiple_of=2, description="Output width in pixels, even."
    )
    height: int = Field(
        default=720, ge=64, le=2160, multiple_of=2, description="Output height in pixels, even."
    )
    fps: float = Field(
        default=30.0, ge=1, le=120, description="Frames a second, asked of the camera and sent."
    )
    fit: Literal["crop", "letterbox"] = Field(
        default="crop",
        description="How a picture of another shape fills the output: crop or letterbox.",
    )
    theme: Literal["dark", "light"] = Field(
        default="dark", description="Colours of the labels: dark or light."
    )
    language: str = Field(default="en", description="Language of the labels: en or hi.")
    boxes: bool = Field(default=True, description="A box around each face.")
    bars: bool = Field(
        default=False, description="Bars of the probabilities of all seven emotions."
    )
    scale: float = Field(
        default=1.0, ge=0.5, le=3, description="Size of text and lines, 0.5 to 3; 1 is normal."
    )
    perception_hz: float = Field(
        default=15.0, ge=1, le=60, description="How often a second faces are read, at most."
    )
    window: bool = Field(default=True, description="only-me opens the private window.")
    window_on_top: bool = Field(
        default=False, description="The private window stays above other windows."
    )
    mirror_window: bool = Field(
        default=True,
        description="The private window shows you as a mirror does; text stays readable.",
    )
    standby_when_unused: bool = Field(
        default=False,
        description="The webcam is off, its light out, while no program uses the virtual "
        "camera (Linux).",
    )
    consent: int = Field(
        default=0,
        ge=0,
        description="The version of the text about what the application does that you agreed to; "
        "0: none.",
    )
    start_at_login: bool = Field(
        default=False, description="The application starts when you log in."
    )
    student: str = Field(default="", description="Whose expressions the tray records, by name.")
    idle_minutes: float = Field(
        default=15.0,
        ge=0,
        le=24 * 60,
        description="A recorded session ends when you were not seen for so many minutes; 0: never.",
    )
    retention_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Recorded sessions older than this are deleted when the next one begins.",
    )

    @field_validator("language")
    @classmethod
    def _has_a_file(cls, code: str) -> str:
        known = sorted(path.stem for path in _LANGUAGES.glob("*.json"))
        if code not in known:
            raise ValueError(f"Input should be one of {', '.join(known)}")
        return code

    @property
    def private_texts(self) -> tuple[str, ...]:
        """What may name a person: the student, and files and cameras chosen by name."""
        details = [spec.partition(":") for spec in (self.source, self.output)]
        named = [
            detail if kind in _KINDS else kind + colon + detail for kind, colon, detail in details
        ]
        return tuple(text for text in (self.student, *named) if text and not text.isdecimal())

    @property
    def size(self) -> tuple[int, int]:
        """Output width and height, in pixels."""
        return self.width, self.height


#: What each setting does, in one line.
DESCRIPTIONS: dict[str, str] = {
    name: field.description or "" for name, field in Settings.model_fields.items()
}


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


def _validated(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])).replace("_", "-")
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"setting {name}: {reason} (got {first['input']!r})") from None
