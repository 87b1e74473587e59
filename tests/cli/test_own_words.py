"""`mark` as people type it, or bind it to a key."""

from __future__ import annotations

import re

import pytest

from overlay import cli
from overlay.app import App
from tests.control import conftest
from tests.engine.devices import Onlooker

runtime, camera, running = conftest.runtime, conftest.camera, conftest.running


def mark(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["mark", *words])
    return ended.value.code


def test_a_moment_is_marked_and_its_time_is_said(
    running: App, capsys: pytest.CaptureFixture[str]
) -> None:
    onlooker = Onlooker()
    running.observe(onlooker)
    assert mark("  the question\nabout springs ") == 0
    assert mark() == 0
    assert onlooker.marks == ["the question about springs", ""]
    assert re.fullmatch(r"(marked \d\d:\d\d:\d\d\n){2}", capsys.readouterr().out)


def test_without_a_recording_it_says_what_to_do(
    running: App, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mark() == 2
    assert "start a recording to mark moments" in capsys.readouterr().err


@pytest.mark.usefixtures("running")
def test_a_note_of_any_length_is_answered_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert mark("x" * 100_000) == 2
    assert capsys.readouterr().err.endswith("the note has 100000 characters: use at most 1000\n")
