"""Ten thousand random commands from four processes: nothing hangs, is lost, or is out of order."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from overlay.app import App
from overlay.control import ControlServer, ask
from overlay.outputs.base import Output
from overlay.scene import Frame, Image
from overlay.settings import make_settings
from overlay.sources import open_source
from overlay.sources.base import Source
from tests.control.conftest import SMALL
from tests.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]

MODES = ("mode:on-air", "mode:only-me", "mode:off", "toggle", "panic", "status")


class Numbered(Source):
    """The demo with the number of every frame that was ever read written into its corner.

    As a camera, and unlike the demo, it does not catch up after the machine was held up.
    """

    read_so_far = 0

    def __init__(self, inner: Source) -> None:
        self._inner = inner
        self.name, self.live, self.size, self.fps = inner.name, True, inner.size, inner.fps

    def read(self) -> Frame | None:
        time.sleep(1 / self.fps)
        frame = self._inner.read()
        assert frame is not None
        frame = replace(frame, time_s=time.monotonic())
        Numbered.read_so_far += 1
        bits = [255 * (Numbered.read_so_far >> bit & 1) for bit in range(24)]
        frame.image[0, :24] = np.array(bits, np.uint8)[:, None]
        return frame

    def close(self) -> None:
        self._inner.close()


class NumberReader(Output):
    """Keeps the numbers of the frames it is sent; a placeholder has none."""

    name = "reader"
    size = (320, 180)

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def send(self, image: Image) -> None:
        corner = image[0, :24, 0]
        if set(np.unique(corner)) <= {0, 255}:
            self.numbers.append(sum(1 << bit for bit in range(24) if corner[bit]))

    def close(self) -> None: ...


class NumberedSource:
    def __init__(self, spec: str) -> None: ...

    def open(self, *, size: tuple[int, int], fps: float, **_: object) -> Source:
        return Numbered(open_source("demo", size=size, fps=fps, pace=False))


@pytest.fixture
def commanded(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int, tuple[str, ...]], tuple[App, list[int], list[list[object]]]]:
    """Run an application under fire; the application, numbers of frames sent, all answers."""
    monkeypatch.setattr("overlay.opening.SameSource", NumberedSource)
    monkeypatch.setattr(Numbered, "read_so_far", 0)

    def command(count: int, commands: tuple[str, ...]) -> tuple[App, list[int], list[list[object]]]:
        reader = NumberReader()
        settings = make_settings(output="none", perception_hz=5, **SMALL)
        app = App(settings, open_output=lambda: reader)
        with ControlServer() as server:
            server.serve(app)
            with app:
                until(lambda: len(reader.numbers) > 3, "video")
                answers = _four_commanders(count, commands)
                last = ask("status")["status"]
                assert [last["mode"], last["paused"]] == answers[-1][3:]
                ask("resume")
                sent = len(reader.numbers)
                until(lambda: len(reader.numbers) > sent + 5, "video after it all")
        return app, reader.numbers, answers

    return command


def _four_commanders(count: int, commands: tuple[str, ...]) -> list[list[object]]:
    """All answers in the order in which the commands were accepted."""
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.control.commander",
                str(seed),
                str(count // 4),
                *commands,
            ],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(4)
    ]
    lines = [
        line for process in processes for line in process.communicate(timeout=240)[0].split("\n")
    ]
    assert [process.returncode for process in processes] == [0] * 4
    return sorted(json.loads(line) for line in lines if line)


def replay(answers: list[list[object]]) -> None:
    """Check every answer against what the commands so far must have led to."""
    mode, other, paused = "only-me", "only-me", False
    for expected, (number, command, value, then, was_paused) in enumerate(answers, 1):
        assert number == expected
        if command == "mode":
            mode = str(value)
        elif command == "toggle":
            mode = other if mode == "on-air" else "on-air"
        elif command == "panic":
            mode = "off"
        elif command in ("pause", "resume"):
            paused = command == "pause"
        other = mode if mode != "on-air" else other
        assert (then, was_paused) == (mode, paused), f"after command {number}, {command}"


def test_while_modes_change_no_frame_is_lost(commanded) -> None:
    app, numbers, answers = commanded(10_000, MODES)
    assert len(answers) == 10_000
    replay(answers)
    assert numbers == list(range(1, Numbered.read_so_far + 1))
    assert app.status().frames_in == Numbered.read_so_far


def test_while_it_is_paused_and_resumed_frames_stay_in_order(commanded) -> None:
    _, numbers, answers = commanded(2_000, (*MODES, "pause", "resume"))
    replay(answers)
    assert all(a < b for a, b in pairwise(numbers))
