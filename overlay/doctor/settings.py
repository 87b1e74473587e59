"""Whether the settings file can be used."""

from __future__ import annotations

import os

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import SettingsError
from overlay.language import _
from overlay.settings.file import SettingsFile

_CHECK = "settings"


def check_settings(machine: Machine) -> Finding:
    """Whether there is a settings file, and every line of it can be used."""
    file = SettingsFile()
    try:
        loaded = file.read()
    except SettingsError as error:
        message = _("{path} cannot be used ({error}); the defaults are used instead").format(
            path=file.path, error=error
        )
        fix = _(
            "correct that line, or run `emotion-overlay doctor --fix`, which sets the file aside"
        )
        return Finding(_CHECK, "warning", message, fix, True)
    if loaded.warnings:
        return Finding(
            _CHECK, "warning", loaded.warnings[0], _("correct it in {path}").format(path=file.path)
        )
    if not os.path.exists(file.path):
        return Finding(_CHECK, "ok", _("no settings file yet: the defaults are used"))
    return Finding(_CHECK, "ok", _("{path} can be used").format(path=file.path))


def set_aside_settings(machine: Machine) -> str:
    """Rename a settings file that cannot be used, to a name that says so."""
    file = SettingsFile()
    try:
        file.read()
    except SettingsError as error:
        return f"{file.path}: {error}; kept as {file.set_aside().name}"
    return "nothing left to do"
