"""The command line asks before it reads a webcam, and remembers the answer."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.consent import CONSENT_VERSION
from overlay.monitor.students import add_student
from overlay.settings.file import SettingsFile
from tests.camera_socket import DESK, Socket, install_socket
from tests.e2e.conftest import Outcome

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]

RUN = ("run", "--output", "none", "--seconds", "0.5", "--width", "96", "--height", "72")


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    """The settings of a user who has not been asked yet."""
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return SettingsFile()


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Socket:
    """A socket with a webcam in it."""
    socket = install_socket(tmp_path / "machine", monkeypatch)
    socket.plug(0, DESK, "D1")
    return socket


@pytest.mark.parametrize(
    "command",
    [
        (*RUN,),
        (*RUN, "--source", "webcam"),
        (*RUN, "--source", "webcam:desk", "--mode", "on-air"),
        ("monitor", "--student", "Ana", "--source", "webcam", "--output", "none"),
        ("calibrate", "--student", "Ana", "--emotion", "happy", "--source", "webcam"),
    ],
)
def test_where_nobody_can_be_asked_it_says_what_to_do(
    socket: Socket, call: Call, command: tuple[str, ...]
) -> None:
    add_student("Ana")
    code, _, err = call(*command)
    assert (code, err.count("\n")) == (2, 1)
    assert "`emotion-overlay agree`" in err
    assert "--agree" in err
    assert socket.opened == 0


def test_a_script_agrees_once(socket: Socket, call: Call, file: SettingsFile) -> None:
    assert call(*RUN, "--source", "webcam", "--agree").code == 0
    assert file.load().values == {"consent": CONSENT_VERSION}
    assert call(*RUN, "--source", "webcam").code == 0


def test_demo_and_files_need_no_consent(call: Call, file: SettingsFile) -> None:
    assert call(*RUN, "--source", "demo").code == 0
    assert not file.path.exists()


def test_agreeing_ahead(socket: Socket, call: Call) -> None:
    assert call("agree").code == 2
    assert call("agree", "--yes").code == 0
    assert call(*RUN, "--source", "webcam").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: no pseudo-terminal on Windows")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_on_a_terminal_it_shows_the_text_and_asks(
    file: SettingsFile, answer: str, code: int
) -> None:
    shown, ended = on_a_terminal("agree", answer=answer)
    assert "What is read: the picture of your webcam." in shown
    assert ended == code
    assert file.load().values == ({"consent": CONSENT_VERSION} if code == 0 else {})


def on_a_terminal(*arguments: str, answer: str) -> tuple[str, int]:
    """What a command shows on a terminal where its question is answered, and its exit code."""
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "overlay", *arguments], stdin=its, stdout=its, stderr=its
    )
    os.close(its)
    shown = b""
    while b"[y/N]" not in shown:
        assert select.select([ours], [], [], 60)[0], shown
        shown += os.read(ours, 4096)
    os.write(ours, f"{answer}\n".encode())
    code = process.wait(60)
    os.close(ours)
    return shown.decode(), code
