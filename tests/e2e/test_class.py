"""A class on the command line: a teacher's process and a student's, which are killed in between."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.classroom.protocol import BoardKeys
from overlay.control import ask
from overlay.errors import ControlError
from tests.classroom.brokers import Mosquitto, mosquitto
from tests.e2e.conftest import Outcome, finish, start
from tests.waiting import PATIENCE_S, until

pytestmark = [pytest.mark.e2e, pytest.mark.desktop]

SMALL = ("--source", "demo", "--output", "none", "--width", "320", "--height", "180")

Call = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", folder)
        yield


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


class Board:
    """A process of `class open`, read line by line."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = ("class", "open", *words, "--confirm", "--no-window")
        self.process = start(*command, folder=folder, XDG_DATA_HOME=str(folder))
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def line(self, pattern: str) -> str:
        """The first group of the next line in which the pattern is found."""
        while True:
            if match := re.search(pattern, self._lines.get(timeout=60)):
                return match[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def state() -> str | None:
    known = ask("status").get("class")
    return None if known is None else str(known["state"])


def answers() -> bool:
    try:
        return bool(ask("status")["status"]["frames_out"])
    except ControlError:
        return False


@pytest.fixture
def student(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with start("run", *SMALL, folder=tmp_path) as process:
        until(answers, "an application that answers")
        yield process
        process.kill()


def test_teacher_and_student_are_killed_and_the_class_goes_on(
    call: Call, tmp_path: Path, server: Mosquitto, student: subprocess.Popen[str]
) -> None:
    broker = ("--broker", server.broker.url)
    board = Board(tmp_path, "Physics, lesson 4", *broker)
    code = board.line(r"code: (\S+)")
    joined = call("class", "join", code, *broker, "--agree")
    assert joined.code == 0
    assert joined.out == "sharing with “Physics, lesson 4”; `emotion-overlay class leave` ends it\n"
    assert "with Physics, lesson 4" in call("status").out
    board.line(r"(1) person shares; too few for percentages")
    board.kill()

    other = ("class", "open", "Chemistry", *broker)
    again = start(*other, folder=tmp_path, XDG_DATA_HOME=str(tmp_path))
    assert "was not ended: `class open --resume`" in finish(again).err
    board = Board(tmp_path, "--resume")
    assert board.line(r"code: (\S+)") == code
    board.line(r"(1) person shares")

    student.kill()
    student.wait()
    board.line(r"(0) people share")
    board.process.send_signal(signal.SIGTERM)
    page = Path(board.line(r"(.*\.html)$"))
    assert "Physics, lesson 4" in page.read_text(encoding="utf-8")
    assert board.process.wait(PATIENCE_S) == 0
    assert not list(page.parent.glob("open.json"))


def test_a_student_leaves_and_the_video_never_waits(
    call: Call, tmp_path: Path, server: Mosquitto, student: subprocess.Popen[str]
) -> None:
    server.kill()  # a broker that is away: the worst that can happen to whoever waits for it
    joined = call("class", "join", BoardKeys().code, "--broker", server.broker.url, "--agree")
    assert "does not answer" in joined.err
    assert state() == "connecting"
    before = ask("status")["status"]["frames_out"]
    until(lambda: ask("status")["status"]["frames_out"] > before + 30, "the video goes on")
    assert call("class", "leave").out == "you no longer share with a class\n"
    assert state() is None
    assert call("class", "leave").out == "you are not sharing with a class\n"
