"""What is typed after `emotion-overlay`: it ends with 0, 1 or 2, and never with a traceback."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import typer
from hypothesis import strategies as st

from overlay import cli, run_command
from overlay.cli import call
from overlay.monitor.students import add_student
from tests.fuzz.inputs import Input, as_json, awkward_numbers, awkward_text

#: Commands that would download, take seconds, or look at the whole machine.
_LEFT_OUT = {"bench", "doctor", "install", "verify"}

_VALUES = (
    *("demo", "none", "webcam:0", "virtual:x", "window", "pipewire", "out.mp4", "out.png", "-"),
    *("on-air", "light", "hi", "0", "1", "64", "65", "1280", "1e9", "nan", "-1", "2026-11-20"),
    *("rtsp://ana:secret@127.0.0.1:9/cam", "90"),
    *("Ada", "theme", "width", "missing.png", "folder", "text.txt", ".", "/dev/null", "no/such/x"),
)


def inputs() -> st.SearchStrategy[Input]:
    """A command's words with options and values, some of them other commands'."""
    return st.one_of(*map(_lines, _commands())).map(as_json)


def read(input: Input, folder: Path) -> None:
    """Call the command line with it, in a folder with a few files."""
    arguments = json.loads(input.content)
    (folder / "folder").mkdir()
    (folder / "text.txt").write_text("text")
    with _in(folder), _harmless(), _printed() as printed:
        add_student("Ada")
        try:
            cli.main(arguments)
            code: object = 0
        except SystemExit as ended:
            code = ended.code
    text = printed.getvalue()
    assert code in (None, 0, 1, 2), (code, text)
    assert "Traceback" not in text, text
    assert "emotion-overlay: unexpected" not in text, text


def _commands() -> Iterator[tuple[list[str], Any]]:
    """The words of each command, and the command."""
    waiting: list[tuple[list[str], Any]] = [([], typer.main.get_command(cli.app))]
    while waiting:
        words, command = waiting.pop()
        children = getattr(command, "commands", {})
        if words or not children:
            yield words, command
        waiting += [
            ([*words, name], child) for name, child in children.items() if name not in _LEFT_OUT
        ]


def _lines(words_and_command: tuple[list[str], Any]) -> st.SearchStrategy[list[str]]:
    words, command = words_and_command
    options = [option for each in command.params for option in each.opts if option.startswith("--")]
    value = st.sampled_from(_VALUES) | awkward_text | awkward_numbers.map(str)
    pair = st.tuples(st.sampled_from([*options, "--json", "--debug"]), value)
    single = st.tuples(st.sampled_from([*options, "--help", "--force", "--yes"]) | value)
    student = st.sampled_from((["--student", "Ada"], []) if "--student" in options else ([],))
    groups = st.lists(pair | pair | single, max_size=5)
    return st.builds(
        lambda first, found: [
            *words,
            *first,
            *(each.replace("\0", "") for group in found for each in group),
        ],
        student,
        groups,
    )


@contextlib.contextmanager
def _harmless() -> Iterator[None]:
    """Nothing runs on: no engine, tray or browser; a run ends before it begins."""

    def end(*_: Any, **__: Any) -> Any:
        raise SystemExit(0)

    with (
        mock.patch.object(run_command, "run", end),
        mock.patch.object(call, "run_in_tray", end),
        mock.patch("webbrowser.open", return_value=False),
        mock.patch("overlay.monitor.calibrate_command.calibrate_guided", end),
        mock.patch("overlay.sources.list_cameras", return_value=[]),
    ):
        yield


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        with mock.patch.dict(os.environ, EMOTION_OVERLAY_STUDENTS_DIR=str(folder / "students")):
            yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _printed() -> Iterator[io.StringIO]:
    """What is printed, read back as a terminal would show it."""
    shown = io.StringIO()
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        yield shown
    shown.write(raw.getvalue().decode())
