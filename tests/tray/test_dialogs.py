"""Dialogs on a real display, answered with the keyboard."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from overlay.tray import _text_dialog_process
from overlay.tray.dialogs import CannotAskError, Dialog, Dialogs, TextQuestion
from tests.e2e.desktop import Desktop, wait_until

_ASK = """
import sys
from overlay.tray import _dialog_process as process
dialog = process.Dialog("Question", "Is it so?", yes="Yes", no="No")
sys.exit(process.YES if process.{way}(dialog) else process.NO)
"""

_ASK_TEXT = """
import sys
from overlay.tray import _text_dialog_process as process
print(process.{way}(process.TextQuestion("Question", "Who are you?")))
"""

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: the virtual display Xvfb is for Linux"
)


@pytest.fixture
def desktop(tmp_path) -> Iterator[Desktop]:
    with Desktop(tmp_path) as desktop:
        yield desktop


@on_linux
@pytest.mark.parametrize("way", ["_show_gtk", "_show_tk"])
@pytest.mark.parametrize(("key", "answer"), [("Return", 0), ("Escape", 1)])
def test_the_keyboard_answers(desktop, way, key, answer):
    process = desktop.start(sys.executable, "-c", _ASK.format(way=way), stderr=subprocess.PIPE)
    wait_until(lambda: desktop.windows("Question") or process.poll() is not None, "a dialog")
    time.sleep(0.7)
    desktop.press(key)
    _, said = process.communicate(timeout=20)
    assert process.returncode == answer, f"DESKTOP MISSING: python3-gi or python3-tk? {said!r}"


@on_linux
@pytest.mark.parametrize("way", ["_ask_gtk", "_ask_tk"])
@pytest.mark.parametrize(("key", "answer"), [("Return", "Ana"), ("Escape", "None")])
def test_a_line_of_text_is_typed(desktop, way, key, answer):
    process = desktop.start(
        sys.executable, "-c", _ASK_TEXT.format(way=way),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: desktop.windows("Question") or process.poll() is not None, "a dialog")
    time.sleep(0.7)
    desktop.press("A", "n", "a", key)
    typed, said = process.communicate(timeout=20)
    assert typed.strip() == answer, f"DESKTOP MISSING: python3-gi or python3-tk? {said!r}"


@on_linux
@pytest.mark.parametrize(("way", "name"), [("_ask_zenity", "zenity"), ("_ask_kdialog", "kdialog")])
@pytest.mark.parametrize(("code", "answer"), [(0, " Ana "), (1, None)])
def test_other_programs_print_what_is_typed(tmp_path, monkeypatch, way, name, code, answer):
    program = tmp_path / name
    program.write_text(f"#!/bin/sh\necho ' Ana '\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert getattr(_text_dialog_process, way)(TextQuestion("Question", "Who?")) == answer
    finally:
        signal.signal(signal.SIGTERM, before)


@on_linux
@pytest.mark.parametrize(("key", "answer"), [("Return", "Zoë"), ("Escape", None)])
def test_a_line_of_text_comes_from_the_dialog_s_process(desktop, monkeypatch, key, answer):
    for name in ("DISPLAY", "HOME"):
        monkeypatch.setenv(name, desktop.environment[name])
    answers: list[str | None] = []
    asking = threading.Thread(
        target=lambda: answers.append(Dialogs().ask_text(TextQuestion("Question", "Who?")))
    )
    asking.start()
    wait_until(lambda: desktop.windows("Question"), "a dialog")
    time.sleep(0.7)
    desktop.press("Z", "o", "ediaeresis", key)
    asking.join(20)
    assert answers == [answer]


@on_linux
def test_a_dialog_that_is_closed_from_here_is_no_answer(desktop, monkeypatch):
    for name in ("DISPLAY", "HOME"):
        monkeypatch.setenv(name, desktop.environment[name])
    dialogs = Dialogs()
    answers: list[bool | None] = []
    asking = threading.Thread(
        target=lambda: answers.append(dialogs.ask(Dialog("Question", "Is it so?", no="No")))
    )
    asking.start()
    wait_until(lambda: desktop.windows("Question"), "a dialog")
    assert dialogs.ask(Dialog("Second", "And this?")) is None  # one at a time
    dialogs.close()
    asking.join(20)
    assert answers == [None]


@on_linux
def test_without_display_and_terminal_nobody_can_be_asked(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CannotAskError):
        Dialogs().ask(Dialog("Question", "Is it so?", no="No"))
    with pytest.raises(CannotAskError):
        Dialogs().ask_text(TextQuestion("Question", "Who?"))
