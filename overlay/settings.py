"""Every setting with its default and its limits."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overlay.errors import SettingsError

#: off: clean video for everyone. only-me: clean video for the call, labels in the private window.
#: on-air: labels for everyone.
Mode = Literal["off", "only-me", "on-air"]


class Settings(BaseModel):
    """All settings, validated; unknown names are refused.

    Attributes:
        mode: Who sees labels.
        source: Where frames come from: `auto`, `webcam`, `webcam:NAME`, `demo` or a path.
        output: Where frames go: `virtual`, `virtual:DEVICE`, `window`, `none`, a video file, or
            `auto` for the virtual camera if there is one, else whatever shows the job here.
        width: Output width in pixels, even.
        height: Output height in pixels, even.
        fps: Frames a second asked of the camera and told to the output.
        fit: How a picture of another shape fills the output: cut, or with borders.
        theme: Colours of the labels.
        language: Language of the labels.
        boxes: Whether a box is drawn around each face.
        bars: Whether the probabilities of all emotions are drawn.
        scale: Size of text and lines; 1 is normal.
        perception_hz: How often a second faces are read, at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = "only-me"
    source: str = Field("auto", min_length=1)
    output: str = Field("auto", min_length=1)
    width: int = Field(1280, ge=64, le=3840, multiple_of=2)
    height: int = Field(720, ge=64, le=2160, multiple_of=2)
    fps: float = Field(30.0, ge=1, le=120)
    fit: Literal["crop", "letterbox"] = "crop"
    theme: Literal["dark", "light"] = "dark"
    language: str = "en"
    boxes: bool = True
    bars: bool = False
    scale: float = Field(1.0, ge=0.5, le=3)
    perception_hz: float = Field(15.0, ge=1, le=60)

    @property
    def size(self) -> tuple[int, int]:
        """Output width and height, in pixels."""
        return self.width, self.height


def make_settings(**values: Any) -> Settings:
    """Build settings from values, leaving out those that are None.

    Raises:
        SettingsError: A value is of the wrong kind or out of range.
    """
    try:
        return Settings(**{name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])).replace("_", "-")
        raise SettingsError(f"setting {name}: {first['msg']} (got {first['input']!r})") from None
