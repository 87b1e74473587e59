"""`emotion-overlay` in the tray of a desktop, as a test has it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from overlay.gui.wording import APP_TITLE
from overlay.tray.icons import COLORS
from tests.e2e.desktop import Desktop
from tests.waiting import PATIENCE_S, until

#: The size of the picture, in pixels.
SIZE = (640, 360)


class TrayApp:
    """The running application, and what its call receives."""

    def __init__(self, desktop: Desktop, source: Path, **environment: str) -> None:
        self._desktop = desktop
        self._frame = desktop.home / "frame.png"
        self.environment = {
            "EMOTION_OVERLAY_SOURCE": str(source),
            "EMOTION_OVERLAY_OUTPUT": "virtual:backend=test",
            "EMOTION_OVERLAY_WIDTH": str(SIZE[0]),
            "EMOTION_OVERLAY_HEIGHT": str(SIZE[1]),
            "EMOTION_OVERLAY_WINDOW": "false",
        } | environment
        self._said = desktop.home / "said.txt"
        with self._said.open("w") as said:
            self.process = desktop.start(
                sys.executable, "-m", "tests.e2e.tray_app", str(self._frame),
                environment=self.environment, stderr=said,
            )  # fmt: skip
        desktop.witnesses.append(self._testify)

    def command(self, *arguments: str) -> str:
        """What another process is told, for example by `status`; nothing if it has no answer."""
        done = subprocess.run(
            [sys.executable, "-m", "overlay", *arguments],
            env=self._desktop.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return done.stdout

    @property
    def status(self) -> dict[str, Any]:
        """What it says of itself, once it answers."""
        return until(lambda: json.loads(self.command("status", "--json") or "{}"), "an answer")

    @property
    def frame(self) -> np.ndarray:
        """The newest frame that the call received."""
        until(self._frame.exists, "a frame")
        return cv2.imread(str(self._frame))

    def icon(self, name: str) -> tuple[int, int]:
        """Wait until an icon is in the panel; return where."""
        return until(lambda: self._desktop.find_icon(COLORS[name]), f"the icon {name}")

    def _testify(self) -> str:
        """What is known of an application that did not do what it should."""
        status = self.command("status", "--json") or "it does not answer"
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)  # it tells where its threads are
            time.sleep(1)
        return f"status: {status}\nstandard error:\n{self._said.read_text()}"

    def answer_dialog(self, name: str, *keys: str) -> None:
        """Wait for a dialog, take its picture and press keys."""
        self._desktop.press_in(APP_TITLE, *keys, picture=name)

    def wait_for_end(self) -> str:
        """Wait until it has ended well; return what it said."""
        self.process.wait(PATIENCE_S)
        said = self._said.read_text()
        assert self.process.returncode == 0, said
        return said
