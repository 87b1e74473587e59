"""The settings file is read with patience and written without ever losing anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.errors import SettingsError
from overlay.settings import Settings
from overlay.settings.file import SettingsFile, template

VALUES: dict[str, Any] = {
    "mode": "on-air",
    "source": 'C:\\clips\\my "lesson".mp4',
    "output": "none",
    "fps": 25.0,
    "theme": "light",
    "language": "hi",
    "bars": True,
    "scale": 1.5,
}


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.toml")


def write(file: SettingsFile, text: str) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_text(text, encoding="utf-8")


def broken(file: SettingsFile) -> list[Path]:
    return sorted(file.path.parent.glob("settings.toml.broken-*"))


class TestReading:
    def test_no_file_is_no_settings_and_no_complaint(self, file: SettingsFile) -> None:
        loaded = file.load()
        assert (loaded.values, loaded.warnings) == ({}, ())
        assert not file.path.parent.exists()

    def test_what_is_in_the_file_counts(self, file: SettingsFile) -> None:
        write(file, '# mine\ntheme = "light"\nscale = 2\n')
        assert file.load().values == {"theme": "light", "scale": 2}

    @pytest.mark.parametrize(
        ("text", "line", "reason"),
        [
            ('theme = "light"\nbars = [', 2, "end of"),
            ("bars = yes\n", 1, ""),
            ('theme = "dark"\ntheme = "light"\n', 2, "theme"),
        ],
    )
    def test_a_broken_file_is_reported_left_alone_and_counts_as_empty(
        self, file: SettingsFile, text: str, line: int, reason: str
    ) -> None:
        write(file, text)
        loaded = file.load()
        assert loaded.values == {}
        (warning,) = loaded.warnings
        assert "\n" not in warning
        assert str(file.path) in warning
        assert f"line {line}" in warning
        assert reason in warning
        assert "doctor --fix" in warning
        assert file.path.read_text(encoding="utf-8") == text
        assert broken(file) == []

    @pytest.mark.parametrize(
        ("text", "line", "reason"),
        [
            ('\n\nmode = "loud"', 4, "off, only-me or on-air"),
            ("# x\nwidth = 33\n", 3, "width"),
            ("[scale]\nx = 1\n", 2, "scale"),
            ('language = "tlh"\n', 2, "auto, en or hi"),
        ],
    )
    def test_a_value_that_cannot_be_used_is_warned_about_and_the_others_count(
        self, file: SettingsFile, text: str, line: int, reason: str
    ) -> None:
        text = f"consent = 2\n{text}"
        write(file, text)
        loaded = file.load()
        assert loaded.values == {"consent": 2}
        (warning,) = loaded.warnings
        assert "\n" not in warning
        assert f"{file.path}: line {line}: " in warning
        assert reason in warning
        assert warning.endswith("; it is not used")
        assert file.path.read_text() == text
        file.save({"bars": True})
        assert file.load().values == {"consent": 2, "bars": True}
        assert len(file.load().warnings) == 1

    @pytest.mark.parametrize(("text", "version"), [("true", 1), ("false", 0), ("2", 2)])
    def test_consent_was_once_true_or_false(
        self, file: SettingsFile, text: str, version: int
    ) -> None:
        write(file, f"consent = {text}\n")
        assert Settings(**file.load().values).consent == version

    def test_two_files_set_aside_in_one_second_are_both_kept(self, file: SettingsFile) -> None:
        for text in ("a = [", "b = ["):
            write(file, text)
            assert file.set_aside().read_text() == text
        assert {path.read_text() for path in broken(file)} == {"a = [", "b = ["}

    def test_text_in_another_encoding_is_reported(self, file: SettingsFile) -> None:
        write(file, "")
        file.path.write_bytes(b'source = "caf\xe9"')
        assert "UTF-8" in file.load().warnings[0]
        assert file.path.read_bytes() == b'source = "caf\xe9"'

    def test_unknown_settings_are_warned_about_and_left_alone(self, file: SettingsFile) -> None:
        text = 'them = "light"\nbars = true\nwindow-on-top = true\n[mystery]\nx = 1\n'
        write(file, text)
        loaded = file.load()
        assert loaded.values == {"bars": True}
        first, second, third = loaded.warnings
        assert "line 1: unknown setting them, did you mean theme?" in first
        assert "line 3: unknown setting window-on-top, did you mean window_on_top?" in second
        assert "line 4: unknown setting mystery" in third
        assert file.path.read_text() == text

    def test_a_folder_in_the_files_place_is_reported(self, file: SettingsFile) -> None:
        file.path.mkdir(parents=True)
        loaded = file.load()
        assert loaded.values == {}
        assert len(loaded.warnings) == 1

    @settings(max_examples=50)
    @given(st.text(max_size=80))
    def test_no_text_whatsoever_stops_it(self, tmp_path_factory: Any, text: str) -> None:
        file = SettingsFile(tmp_path_factory.mktemp("any") / "settings.toml")
        file.path.write_text(text, encoding="utf-8", errors="ignore", newline="")
        for warning in file.load().warnings:
            assert "\n" not in warning


class TestWriting:
    def test_the_template_explains_every_setting_and_changes_none(self, file: SettingsFile) -> None:
        text = file.ensure().read_text()
        assert file.load().values == {}
        for name in Settings.model_fields:
            assert f"\n# {name} = " in text
        uncommented = "\n".join(
            line.removeprefix("# ") for line in text.splitlines() if " = " in line
        )
        assert tomlkit.parse(uncommented).unwrap() == Settings().model_dump()

    def test_a_file_that_is_there_is_not_replaced_by_the_template(self, file: SettingsFile) -> None:
        write(file, "bars = true\n")
        assert file.ensure().read_text() == "bars = true\n"

    def test_a_value_goes_where_it_is_explained(self, file: SettingsFile) -> None:
        file.save({"theme": "light"})
        assert file.path.read_text() == template().replace('# theme = "dark"', 'theme = "light"')

    @settings(max_examples=20)
    @given(st.lists(st.sampled_from(sorted(VALUES)), max_size=12))
    def test_what_was_saved_is_what_is_read(self, tmp_path_factory: Any, names: list[str]) -> None:
        file = SettingsFile(tmp_path_factory.mktemp("any") / "settings.toml")
        for name in names:
            file.save({name: VALUES[name]})
        assert file.load().values == {name: VALUES[name] for name in names}
        assert file.load().warnings == ()

    def test_the_users_comments_order_and_unknown_settings_survive(
        self, file: SettingsFile
    ) -> None:
        write(file, '# my notes\nscale = 2  # big\n\nfuture = 1\n[mystery]\nx = "y" # z\n')
        file.save({"scale": 1.5, "theme": "light"})
        text = file.path.read_text()
        assert "# my notes\nscale = 1.5  # big\n" in text
        assert "future = 1\n" in text
        assert '[mystery]\nx = "y" # z\n' in text
        assert file.load().values == {"scale": 1.5, "theme": "light"}

    def test_text_that_only_looks_like_a_comment_is_left_alone(self, file: SettingsFile) -> None:
        text = 'note = """\n# theme = "dark"\n"""\n'
        write(file, text)
        file.save({"theme": "light"})
        assert file.path.read_text().startswith(text)
        assert file.load().values == {"theme": "light"}

    def test_nothing_is_saved_in_a_broken_file(self, file: SettingsFile) -> None:
        write(file, "theme = [")
        with pytest.raises(SettingsError, match=r"line 1.*doctor --fix"):
            file.save({"bars": True})
        assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]
        assert file.path.read_text() == "theme = ["

    def test_nothing_but_the_file_is_left_in_the_folder(self, file: SettingsFile) -> None:
        for number in range(3):
            file.save({"scale": 1.0 + number / 10})
        assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]

    @pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
    def test_a_link_to_the_file_stays_a_link(self, file: SettingsFile, tmp_path: Path) -> None:
        write(file, "")
        file.path.unlink()
        file.path.symlink_to(tmp_path / "dotfiles.toml")
        file.save({"bars": True})
        assert file.path.is_symlink()
        assert "\nbars = true\n" in (tmp_path / "dotfiles.toml").read_text()

    def test_where_it_cannot_be_written_the_old_one_stays(
        self, file: SettingsFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(file, "bars = true\n")

        def full(source: object, target: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(SettingsError, match="No space left"):
            file.save({"bars": False})
        assert file.path.read_text() == "bars = true\n"
        assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]
