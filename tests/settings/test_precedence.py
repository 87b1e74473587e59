"""Option before environment variable before file before default."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from overlay.errors import SettingsError
from overlay.settings import Settings
from overlay.settings.file import SettingsFile
from overlay.settings.precedence import resolve


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    file = SettingsFile(tmp_path / "settings.toml")
    file.path.write_text('theme = "light"\nscale = 2.0\nbars = true\n')
    return file


def test_each_source_hides_the_ones_after_it(file: SettingsFile) -> None:
    effective = resolve(
        {"scale": 3.0, "theme": None},
        file=file,
        environment={"EMOTION_OVERLAY_SCALE": "2.5", "EMOTION_OVERLAY_BARS": "no"},
    )
    assert effective.settings == Settings(theme="light", scale=3.0, bars=False)
    assert effective.origins["scale"] == "option"
    assert effective.origins["bars"] == "EMOTION_OVERLAY_BARS"
    assert effective.origins["theme"] == "file"
    assert effective.origins["mode"] == "default"
    assert set(effective.origins) == set(Settings.model_fields)


def test_an_empty_variable_is_none(file: SettingsFile) -> None:
    effective = resolve(file=file, environment={"EMOTION_OVERLAY_THEME": ""})
    assert effective.origins["theme"] == "file"


def test_a_wrong_variable_is_named(file: SettingsFile) -> None:
    with pytest.raises(SettingsError, match="EMOTION_OVERLAY_FPS: setting fps"):
        resolve(file=file, environment={"EMOTION_OVERLAY_FPS": "fast"})


def test_a_wrong_option_is_named(file: SettingsFile) -> None:
    with pytest.raises(SettingsError, match="setting theme"):
        resolve({"theme": "pink"}, file=file, environment={})


def test_a_wrong_file_only_warns(file: SettingsFile) -> None:
    file.path.write_text("mode = 3")
    effective = resolve(file=file, environment={})
    assert effective.settings == Settings()
    assert len(effective.warnings) == 1


def test_it_can_be_told_to_programs(file: SettingsFile) -> None:
    told = json.loads(json.dumps(resolve(file=file, environment={}).as_dict()))
    assert told["path"] == str(file.path)
    assert told["settings"]["theme"] == {"value": "light", "origin": "file"}
