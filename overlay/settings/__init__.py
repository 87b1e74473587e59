"""The settings: what there is, the user's file of them, and which value is in effect."""

from __future__ import annotations

from overlay.settings.definitions import (
    DESCRIPTIONS,
    LABEL_STYLE,
    Mode,
    Settings,
    change_settings,
    choices,
    make_settings,
    parse_setting,
    settings_form,
    unknown_setting,
)

__all__ = [
    "DESCRIPTIONS",
    "LABEL_STYLE",
    "Mode",
    "Settings",
    "change_settings",
    "choices",
    "make_settings",
    "parse_setting",
    "settings_form",
    "unknown_setting",
]
