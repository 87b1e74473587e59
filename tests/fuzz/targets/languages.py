"""A language's JSON file: its wording, or a `SettingsError`."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay.drawing import languages
from tests.fuzz.inputs import Input, json_like

_SOUND = Path(languages.__file__).with_name("en.json")


def inputs() -> st.SearchStrategy[Input]:
    """The English file with other values, or damaged."""
    sound = json.loads(_SOUND.read_text(encoding="utf-8"))
    return json_like(sound).map(lambda content: Input("en.json", content))


def read(input: Input, folder: Path) -> None:
    """Load the language."""
    (folder / input.name).write_bytes(input.content)
    languages.load_language.cache_clear()
    with mock.patch.object(languages, "_FOLDER", folder):
        languages.load_language("en")
