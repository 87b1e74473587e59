"""`EMOTION_OVERLAY_...` variables: settings, or one line that names the variable."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from overlay.errors import SettingsError
from overlay.settings import Settings
from overlay.settings.file import SettingsFile
from overlay.settings.precedence import PREFIX, resolve
from tests.fuzz.inputs import Input, as_json, awkward_numbers, awkward_text


def inputs() -> st.SearchStrategy[Input]:
    """Variables with values that are almost right, or not at all."""
    value = awkward_text | awkward_numbers.map(str) | st.sampled_from(("true", "on-air", "1_0", ""))
    return st.dictionaries(st.sampled_from(list(Settings.model_fields)), value).map(as_json)


def read(input: Input, folder: Path) -> None:
    """Find the settings in effect."""
    values = {PREFIX + k.upper(): v for k, v in json.loads(input.content).items()}
    try:
        resolve(file=SettingsFile(folder / "settings.toml"), environment=values).as_dict()
    except SettingsError as error:
        if not any(name in str(error) for name in values):
            raise AssertionError("the variable is not named") from error
        raise
