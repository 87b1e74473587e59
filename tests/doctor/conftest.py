from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.doctor import Machine
from overlay.sources import CameraInfo
from tests.linux_machine import LinuxMachine


class OtherMachine(Machine):
    """A Mac or a Windows computer: what its programs print, and its cameras, are given."""

    def __init__(
        self,
        system: str,
        root: Path = Path("/nowhere"),
        answers: dict[str, str] | None = None,
        cameras: list[CameraInfo] | None = None,
    ) -> None:
        super().__init__(system, root)
        object.__setattr__(self, "_answers", answers or {})
        object.__setattr__(self, "_cameras", cameras or [])

    def cameras(self) -> list[CameraInfo]:
        return self._cameras

    def output_of(self, *command: str) -> str | None:
        return self._answers.get(" ".join(command))


@pytest.fixture
def other() -> type[OtherMachine]:
    return OtherMachine


@pytest.fixture
def fake(tmp_path: Path) -> LinuxMachine:
    """A made-up device folder with this machine's real processes."""
    (tmp_path / "proc").symlink_to("/proc")
    return LinuxMachine(tmp_path)


@pytest.fixture
def machine(fake: LinuxMachine) -> Machine:
    return Machine("linux", fake.root)


@pytest.fixture
def held() -> Iterator[Callable[..., int]]:
    """Have another process hold a file open; gives its process id."""
    running = []

    def hold(path: Path, *words: str) -> int:
        code = "import sys; held = open(sys.argv[-1]); print(flush=True); sys.stdin.read()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        running.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process.pid

    yield hold
    for process in running:
        process.communicate()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of the user's own, none of them there yet."""
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", str(home / "run"))
    return home
