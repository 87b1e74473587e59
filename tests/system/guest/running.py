"""The application in a process of its own, steered as a user steers it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from guest import pattern
from overlay.control import ask
from overlay.errors import ControlError

#: Everything in this machine is slow when a browser runs beside the application.
PATIENCE_S = 60.0

LABEL = "Emotion Overlay"


class Application:
    """A running `emotion-overlay run`.

    Attributes:
        process: Its process.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def status(self) -> dict[str, Any]:
        """What it says about itself."""
        status: dict[str, Any] = ask("status")["status"]
        return status

    def wait_for(self, what: str, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until its status fulfils a condition.

        Raises:
            TimeoutError: It never does.
        """
        deadline = time.monotonic() + PATIENCE_S
        status: dict[str, Any] = {}
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise TimeoutError(f"the application has ended, waiting for {what}")
            with suppress(ControlError):
                status = self.status()
                if condition(status):
                    return
            time.sleep(0.1)
        raise TimeoutError(f"no {what}: {status}")

    def wait_for_more(self, counter: str, by: int = 3) -> None:
        """Wait until one of the status's counters has grown."""
        before = self.status()[counter]
        self.wait_for(f"more {counter}", lambda status: status[counter] >= before + by)

    def come_to(self, state: str) -> None:
        """Bring about one of the states that are judged, and wait until it shows."""
        if state == "unplugged":
            pattern.UNPLUGGED.touch()
        else:
            pattern.UNPLUGGED.unlink(missing_ok=True)
        if state in ("on-air", "only-me", "off"):
            ask("mode", state)
        if state == "plugged in again":
            ask("mode", "on-air")
        ask("pause" if state == "paused" else "resume")
        counters = {"unplugged": "placeholders", "paused": "placeholders"}
        labelled = state in ("on-air", "plugged in again")
        self.wait_for_more(counters.get(state, "labelled" if labelled else "frames_in"))


#: What the pictures must show in each state.
STATES = {
    "on-air": "labels",
    "only-me": "clean",
    "off": "clean",
    "paused": "paused",
    "unplugged": "unavailable",
    "plugged in again": "labels",
}


@contextmanager
def application(
    *options: str, log: Path, module: str = "guest.application", source: str = "pattern"
) -> Iterator[Application]:
    """The application on the virtual camera, once it sends pictures."""
    pattern.UNPLUGGED.unlink(missing_ok=True)
    rates = ("--fps", "15", "--perception-hz", "5")  # one slow processor has to do
    command = [sys.executable, "-m", module, "run", "--source", source, *rates, *options]
    with running(command, log=log) as started:
        yield started


@contextmanager
def running(command: list[str], *, log: Path) -> Iterator[Application]:
    """The application as a command line starts it, once it sends pictures."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ)
    started = Application(process)
    try:
        started.wait_for("pictures", lambda status: status["frames_out"] > 3)
        yield started
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
