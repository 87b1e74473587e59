"""Which value of a setting is in effect: option, environment variable, file, default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overlay.errors import SettingsError
from overlay.language import LazyText
from overlay.settings.definitions import Settings, make_settings, parse_setting
from overlay.settings.file import SettingsFile

#: A setting's environment variable is this and its name in capitals.
PREFIX = "EMOTION_OVERLAY_"


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings in effect and why.

    Attributes:
        settings: The settings.
        origins: Where each comes from, by its name: `option`, a variable's name, `file` or
            `default`.
        path: The settings file, whether it exists or not.
        warnings: One line for each thing the user should know.
    """

    settings: Settings
    origins: Mapping[str, str]
    path: Path
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it in types that JSON knows."""
        settings = {
            name: {"value": value, "origin": self.origins[name]}
            for name, value in self.settings.model_dump().items()
        }
        return {"path": str(self.path), "settings": settings}


def resolve(
    options: Mapping[str, Any] | None = None,
    *,
    file: SettingsFile | None = None,
    environment: Mapping[str, str] | None = None,
) -> Effective:
    """Find the settings in effect.

    Args:
        options: From the command line, by name; those that are None were not given.
        file: The settings file; the user's if not given.
        environment: Environment variables; this process's if not given.

    Raises:
        SettingsError: An option or a variable has a value that cannot be used.
    """
    environment = os.environ if environment is None else environment
    file = file or SettingsFile()
    loaded = file.load()
    values: dict[str, Any] = dict(loaded.values)
    origins = {name: "file" if name in values else "default" for name in Settings.model_fields}
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if text := environment.get(variable):
            values[name], origins[name] = _checked(name, text, variable), variable
    for name, value in (options or {}).items():
        if value is not None:
            values[name], origins[name] = value, "option"
    return Effective(make_settings(**values), origins, file.path, loaded.warnings)


def _checked(name: str, text: str, variable: str) -> Any:
    try:
        return parse_setting(name, text)
    except SettingsError as error:
        raise SettingsError(
            LazyText("environment variable {variable}: {error}", variable=variable, error=error)
        ) from None
