"""The application on a desktop of its own, with a call that it sends numbered pictures to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from overlay.bench.clip import write_clip
from overlay.control import ask
from overlay.errors import ControlError
from overlay.gui.placement import remember
from tests.e2e.desktop import Desktop
from tests.processes import child_processes
from tests.waiting import PATIENCE_S, until


class Call:
    """A call, and the window of the application, whichever process that is in now.

    Attributes:
        pid: The application's process.
    """

    def __init__(self, pid: int, times: Path) -> None:
        self.pid = pid
        self._times = times

    def sent(self) -> list[tuple[int, float]]:
        """After the end: the number of each picture, and when the call was sent it."""
        lines = (line.split() for line in self._times.read_text().splitlines())
        return [(int(number), float(at)) for number, at in lines]

    def window(self) -> int | None:
        """The window's process; None if there is none."""
        children = child_processes(self.pid).items()
        return next((pid for pid, command in children if "spawn_main" in command), None)

    def memory(self) -> Path | None:
        """The memory through which the window gets pictures; None if it has not opened it."""
        with suppress(OSError):
            for line in Path(f"/proc/{self.window()}/maps").read_text().splitlines():
                if "/dev/shm/psm_" in line:
                    return Path(line.split()[-1])
        return None

    def start_window(self) -> int:
        """The window's process, as soon as there is one; opens another window if it is gone."""

        def running() -> int | None:
            if (pid := self.window()) is None:
                with suppress(ControlError):  # the application is just starting
                    ask("set", {"window": True})
                    ask("activate")
            return pid

        return int(until(running, "the window's process"))

    def show_window(self) -> int:
        """The same, when the window is on the screen."""
        until(lambda: self.start_window() and _is_shown(), "the window")
        return self.start_window()

    def close_window(self) -> None:
        """Close the window, and wait until its process has ended."""
        ask("set", {"window": False})
        until(lambda: self.window() is None, "the window closes")


@contextmanager
def run_call(folder: Path, *, size: tuple[int, int], fps: float) -> Iterator[Call]:
    """Run the tray application in mode `only-me`, with one face in the picture; Linux only.

    Args:
        folder: The home folder of the desktop: an empty one, with a short path.
        size: Of the video, in pixels.
        fps: Its rate.
    """
    clip, times = folder / "clip.avi", folder / "times"
    write_clip(clip, size=size, faces=1, fps=fps)
    names = ("CONFIG", "RUNTIME", "LOG")
    own = {f"EMOTION_OVERLAY_{name}_DIR": str(folder / name.lower()) for name in names}
    with Desktop(folder) as desktop, patch.dict(os.environ, own):
        remember(has_set_up=True)  # the window shows the picture, not the steps of a first start
        desktop.start_xfce_panel(dark=False)
        process = desktop.start(
            sys.executable, "-m", "tests.kills.call", str(clip), str(fps), str(times),
            environment=own, stdin=subprocess.PIPE, stderr=None,
        )  # fmt: skip
        assert process.stdin is not None
        yield Call(process.pid, times)
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def _is_shown() -> bool:
    with suppress(ControlError):
        return ask("status")["status"]["window"] is not None
    return False
