"""The settings file: read leniently, changed line by line, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from overlay.errors import SettingsError
from overlay.host.atomic_file import atomic_write
from overlay.host.resources import config_dir
from overlay.language import LazyText, _
from overlay.settings.definitions import DESCRIPTIONS, Settings, make_settings, unknown_setting

_FIX = LazyText("correct it, or `emotion-overlay doctor --fix` sets the file aside")

_HEADER = """\
# Settings of Emotion Overlay. A line counts without its leading '#'. Environment variables
# (EMOTION_OVERLAY_THEME=light) and options on the command line (--theme light) come before this
# file. `emotion-overlay settings` shows what is in effect, and why.
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a settings file says.

    Attributes:
        values: Valid values by the names of `Settings`.
        warnings: One line for each thing the user should know.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class SettingsFile:
    """One TOML file of settings; the user's own comments and order survive every change."""

    def __init__(self, path: Path | None = None) -> None:
        """Name the file; it need not exist.

        Args:
            path: The file, or None for `settings.toml` in the user's configuration folder.
        """
        self.path = config_dir() / "settings.toml" if path is None else path

    def load(self) -> Loaded:
        """Read the file; what is wrong with it is told, never raised, and the file stays as it is.

        One that cannot be understood counts as empty. Unknown settings, and values that cannot be
        used, do not count.
        """
        try:
            return self.read()
        except SettingsError as error:
            text = _("{path}: {error}; the defaults are used ({fix})")
            return Loaded(warnings=(text.format(path=self.path, error=error, fix=_FIX),))

    def read(self) -> Loaded:
        """Read the file strictly.

        Raises:
            SettingsError: It cannot be understood; the message says the line and the reason.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Loaded()
        except OSError as error:
            text = _("{path} cannot be read ({reason}); the defaults are used")
            return Loaded(warnings=(text.format(path=self.path, reason=error.strerror),))
        except UnicodeDecodeError:
            raise SettingsError(LazyText("it is not UTF-8 text")) from None
        values, warnings = _parse(text)
        return Loaded(values, tuple(f"{self.path}: {warning}" for warning in warnings))

    def ensure(self) -> Path:
        """Write the file with every setting explained and commented out, unless it is there.

        Raises:
            SettingsError: It cannot be written.
        """
        if not os.path.exists(self.path):
            self._write(template())
        return self.path

    def save(self, values: Mapping[str, Any]) -> None:
        """Set values in the file and leave everything else in it as it is.

        Raises:
            SettingsError: It cannot be understood or written.
        """
        self.check()
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = template()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                LazyText("{path} cannot be read: {error}", path=self.path, error=error)
            ) from error
        for name, value in values.items():
            text = _with_value(text, name, value)
        self._write(text)

    def check(self) -> None:
        """See whether `save` can change the file.

        Raises:
            SettingsError: It cannot be understood, and stays as it is.
        """
        try:
            self.read()
        except SettingsError as error:
            raise SettingsError(
                LazyText(
                    "settings cannot be saved in {path}: {error} ({fix})",
                    path=self.path,
                    error=error,
                    fix=_FIX,
                )
            ) from error

    def _write(self, text: str) -> None:
        """Replace the file in one step: a reader sees the old one or the new one."""
        target = Path(os.path.realpath(self.path))  # a link stays a link
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target, private=True, durable=True) as file:
                file.write(text.encode())
        except OSError as error:
            reason = error.strerror or error
            raise SettingsError(
                LazyText(
                    "settings cannot be saved in {target}: {reason}", target=target, reason=reason
                )
            ) from error

    def set_aside(self) -> Path:
        """Rename the file to `settings.toml.broken-DATE`.

        Returns:
            Its new name.

        Raises:
            OSError: It cannot be renamed.
        """
        name = f"{self.path.name}.broken-{datetime.now():%Y%m%d-%H%M%S}"
        aside, number = self.path.with_name(name), 1
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{name}-{number}")
        return self.path.replace(aside)


def template() -> str:
    """A settings file with every setting explained and commented out."""
    lines = [_HEADER]
    for name, value in Settings().model_dump().items():
        lines.append(f"# {DESCRIPTIONS[name]}\n# {name} = {tomlkit.item(value).as_string()}\n")
    return "\n".join(lines)


def _parse(text: str) -> tuple[dict[str, Any], list[str]]:
    """The valid values of a file and warnings about all others.

    Raises:
        SettingsError: The text is not TOML; names the line.
    """
    try:
        content = tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        line = getattr(error, "line", None)
        reason = re.sub(r" at line \d+ col \d+$", "", str(error))
        reason = reason.replace("character: '\\x00'", "end of the line")
        raise SettingsError(
            LazyText("line {line}: {reason}", line=line, reason=reason) if line else reason
        ) from None
    values: dict[str, Any] = {}
    warnings: list[str] = []
    for name, value in content.items():
        where = _("line {line}").format(line=_line_of(text, name))
        if name not in Settings.model_fields:
            warnings.append(f"{where}: {unknown_setting(name)}")
            continue
        try:
            make_settings(**{name: value})
        except SettingsError as error:
            warnings.append(_("{line}: {error}; it is not used").format(line=where, error=error))
            continue
        values[name] = value
    return values, warnings


def _line_of(text: str, name: str) -> int:
    """The line a key is set in, from 1."""
    key = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    numbered = enumerate(text.splitlines(), 1)
    return next((number for number, line in numbered if key.match(line)), 1)


def _with_value(text: str, name: str, value: Any) -> str:
    """The text with one value set, in the place where the setting is explained if it is."""
    document = tomlkit.parse(text)
    line = f"{name} = {tomlkit.item(value).as_string()}"
    if name not in document:
        edited = re.sub(rf"(?m)^#\s*{name}\s*=.*$", lambda _: line, text, count=1)
        # Only a comment may be replaced: a line inside a text of several lines looks the same.
        with contextlib.suppress(TOMLKitError):
            if tomlkit.parse(edited).unwrap() == {**document.unwrap(), name: value}:
                return edited
    document[name] = value
    return tomlkit.dumps(document)
