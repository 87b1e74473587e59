"""Real brokers for the tests: Mosquitto, as Debian has it, in processes of its own."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from overlay.classroom.codes import Broker
from tests.waiting import until


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """One broker, which can be killed and started again at the same port."""

    def __init__(self, folder: Path, lines: str = "allow_anonymous true") -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.skip("DESKTOP MISSING: apt-get install mosquitto")
        self.port = free_port()
        self.broker = Broker("mqtt", "127.0.0.1", self.port)
        self._config = folder / f"mosquitto-{self.port}.conf"
        user = getpass.getuser()  # else it changes to its own, which cannot read our files
        self._config.write_text(f"{lines}\nuser {user}\nlistener {self.port} 127.0.0.1\n")
        self._command = [program, "-c", str(self._config)]
        self.process: subprocess.Popen[bytes] | None = None

    def add(self, lines: str) -> None:
        """Add to the configuration of the listener, before the start."""
        with self._config.open("a") as file:
            file.write(lines)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self.answers, "Mosquitto listens")

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def mosquitto(folder: Path, lines: str = "allow_anonymous true") -> Iterator[Mosquitto]:
    server = Mosquitto(folder, lines)
    server.start()
    try:
        yield server
    finally:
        server.kill()
