"""`settings.toml`: loading never raises, and saving a value into whatever is there keeps it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from overlay.settings import Settings
from overlay.settings.file import SettingsFile, template
from tests.fuzz.inputs import Input, awkward_numbers, awkward_text, damaged, json_values

_SOUND = template().replace("# theme =", "theme =").replace("# scale =", "scale =")


def inputs() -> st.SearchStrategy[Input]:
    """Damaged settings files, and files of lines that look like settings."""
    return (damaged(_SOUND.encode()) | _lines() | st.binary()).map(
        lambda content: Input("settings.toml", content)
    )


def read(input: Input, folder: Path) -> None:
    """Load the file, then save a value in it."""
    path = folder / input.name
    path.write_bytes(input.content)
    file = SettingsFile(path)
    before = file.load()
    assert all(len(warning.splitlines()) == 1 for warning in before.warnings), before.warnings
    Settings(**before.values)
    file.save({"theme": "light"})
    assert file.read().values == {**before.values, "theme": "light"}


def _lines() -> st.SearchStrategy[bytes]:
    name = st.sampled_from(list(Settings.model_fields)) | awkward_text
    value = awkward_text | (json_values | awkward_numbers).map(str) | awkward_text.map(repr)
    form = st.sampled_from(("{} = {}", "[{}]\n{}", "[[{}]]\n{}", "{}.x = {}", "{} = [{}", "# {}{}"))
    line = st.builds(lambda text, *parts: text.format(*parts), form, name, value)
    return st.lists(line, max_size=6).map(lambda lines: "\n".join(lines).encode(errors="replace"))
