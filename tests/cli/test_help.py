"""Help pages: grouped, in plain words, and readable in a narrow terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer.main

from overlay import cli
from overlay.settings import Settings


def _pages(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from _pages(inner, (*path, name))


PAGES = list(_pages(typer.main.get_command(cli.app)))


def _help(capsys: pytest.CaptureFixture[str], *path: str, option: str = "--help") -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main([*path, option])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_commands_are_listed_by_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    page = _help(capsys)
    panels = {
        heading: re.findall(r"(?m)^  ([a-z]+) ", block)
        for heading, block in re.findall(r"(?m)^(\S[^\n]*):\n((?:  .*\n)+)", page)
    }
    assert {"run", "panic", "stop"} <= set(panels["Call"])
    assert {"monitor", "report", "erase"} <= set(panels["Yourself"])
    assert panels["Files"] == ["analyze", "web"]
    assert {"doctor", "settings", "models"} <= set(panels["Set-up"])


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_h_is_help(capsys: pytest.CaptureFixture[str], path: tuple[str, ...]) -> None:
    assert _help(capsys, *path, option="-h") == _help(capsys, *path)


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_a_page_fits_and_keeps_words_whole(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    path: tuple[str, ...],
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    wide = _help(capsys, *path)
    monkeypatch.setenv("COLUMNS", str(columns))
    page = _help(capsys, *path)
    assert page.split() == wide.split()
    assert max(map(len, page.splitlines())) <= columns


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_a_page_names_no_programming_types(
    capsys: pytest.CaptureFixture[str], path: tuple[str, ...]
) -> None:
    page = _help(capsys, *path)
    assert not re.search(r"<\w|\bbool\b|\bstr\b|\bfloat\b|x>=|<=x", page)


def test_an_option_for_a_setting_says_what_the_settings_file_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = " ".join(_help(capsys, "run").split())
    for name in ("mode", "source", "output", "fps", "theme", "bars", "mirror_window"):
        assert f"--{name.replace('_', '-')}" in page
        assert str(Settings.model_fields[name].description) in page


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("monitor --student Ada --seconds soon", "a number, at least 0.1, not 'soon'"),
        ("calibrate --student Ada --shots 99", "a whole number, from 1 to 20, not 99"),
        ("report --student Ada --from May", "a day like 2026-05-31, not 'May'"),
    ],
)
def test_a_wrong_value_of_an_option_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: str, reason: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments.split())
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("emotion-overlay pa", {"panic", "pause"}),
        ("emotion-overlay run --theme ", {"dark", "light"}),
        ("emotion-overlay mode o", {"on-air", "only-me", "off"}),
    ],
)
def test_the_shell_completes(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    offered: set[str],
) -> None:
    monkeypatch.setenv("_EMOTION_OVERLAY_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    with pytest.raises(SystemExit):
        cli.main([])
    assert set(capsys.readouterr().out.split()) == offered
