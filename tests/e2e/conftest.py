"""The command line as a user calls it, in this process or in one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from overlay import cli

REPOSITORY = Path(__file__).resolve().parents[2]


class Outcome(NamedTuple):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Call the command line in this process."""

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), out, err)

    return call


# Started in the background of a script, tests inherit that Ctrl-C is ignored, and hand it on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(*arguments: object, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Start the command line as a process of its own in a folder, without a display."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.Popen(
        [sys.executable, "-m", "overlay", *map(str, arguments)],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(REPOSITORY)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Outcome:
    """Wait for a process to end."""
    out, err = process.communicate(timeout=120)
    return Outcome(process.returncode, out, err)


@pytest.fixture(scope="session")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A still picture of a face, so that only labels can change what the call receives."""
    import cv2

    from overlay.sources import open_source
    from tests.e2e import tray_process

    path = tmp_path_factory.mktemp("portrait") / "portrait.png"
    with open_source("demo", size=tray_process.SIZE, pace=False) as source:
        cv2.imwrite(str(path), next(iter(source)).image)
    return path
