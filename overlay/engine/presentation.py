"""The presentation loop: newest frame + newest scene -> outputs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from overlay.drawing import Painter
from overlay.engine.slot import Slot
from overlay.engine.status import Ledger
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene
from overlay.settings import Mode, Settings

#: A scene older than this is not drawn.
LABEL_LIFE_S = 0.5

#: Without a new frame for this long, the placeholder is sent.
PATIENCE_S = 1.0

#: How long to wait before a lost output is tried again, in seconds.
RETRY_S = 1.0


class PresentationLoop:
    """Sends every captured frame, with labels or without, and the placeholder when there is none.

    The call's output never waits for perception, and nothing that fails while drawing keeps a
    frame from being sent.
    """

    def __init__(
        self,
        settings: Settings,
        frames: Slot[Frame],
        scenes: Slot[Scene],
        ledger: Ledger,
        output: Output,
        reopen: Callable[[], Output],
        window: Output | None,
    ) -> None:
        self._settings = settings
        self._frames = frames
        self._scenes = scenes
        self._ledger = ledger
        self._output: Output | None = output
        self._reopen = reopen
        self._window = window
        self._painter = _painter(settings)
        self._canvas = np.empty((settings.height, settings.width, 3), np.uint8)
        self._retry_at = 0.0
        self._stopping = threading.Event()
        self.mode: Mode = settings.mode
        self.paused = False
        self.name = output.name

    def run(self) -> None:
        """Send frames until stopped."""
        seen = 0
        interval_s = 1.0 / self._settings.fps
        patience_s = PATIENCE_S
        try:
            while not self._stopping.is_set():
                seen, frame = self._frames.wait(seen, patience_s)
                if frame is not None and not self.paused:
                    patience_s = PATIENCE_S
                    self._present(frame)
                elif not self._stopping.is_set():
                    patience_s = interval_s
                    self._hold()
        finally:
            for output in (self._output, self._window):
                if output is not None:
                    self._guard_close(output)

    def restyle(self, settings: Settings) -> None:
        """Draw with other colours, language, sizes from the next frame on."""
        self._painter = _painter(settings)

    def stop(self) -> None:
        """Ask the loop to end; a frame that waits in the slot is still sent."""
        self._stopping.set()
        self._frames.close()

    def _present(self, frame: Frame) -> None:
        mode = self.mode
        scene = self._scenes.value if mode != "off" else None
        age_s: float | None = None
        labelled: Image | None = None
        if scene is not None:
            age_s = frame.time_s - scene.time_s
            if age_s <= LABEL_LIFE_S and (mode == "on-air" or self._window is not None):
                labelled = self._paint(frame, scene)
        on_air = labelled if mode == "on-air" else None
        if self._send(frame.image if on_air is None else on_air):
            self._ledger.sent(placeholder=False, label_age_s=age_s if on_air is not None else None)
        self._show(frame.image if labelled is None else labelled)

    def _hold(self) -> None:
        key = "paused" if self.paused else "unavailable"
        width, height = self._settings.size
        image = self._painter.placeholder(width, height, key)
        if self._send(image):
            self._ledger.sent(placeholder=True, label_age_s=None)
        self._show(image)

    def _paint(self, frame: Frame, scene: Scene) -> Image | None:
        """Draw onto a copy: perception may still be looking at the frame itself."""
        try:
            np.copyto(self._canvas, frame.image)
            self._painter.paint(self._canvas, scene.at(frame.time_s))
        except Exception as error:
            self._ledger.trouble("drawing", f"no labels: {type(error).__name__}: {error}")
            return None
        self._ledger.trouble("drawing", None)
        return self._canvas

    def _send(self, image: Image) -> bool:
        try:
            if self._output is None:
                if time.monotonic() < self._retry_at:
                    return False
                self._output = self._reopen()
                self.name = self._output.name
            self._output.send(image)
        except Exception as error:
            self._ledger.trouble("output", str(error) or type(error).__name__)
            self._retry_at = time.monotonic() + RETRY_S
            lost, self._output = self._output, None
            if lost is not None:
                self._guard_close(lost)
            return False
        self._ledger.trouble("output", None)
        return True

    def _show(self, image: Image) -> None:
        if self._window is None:
            return
        try:
            self._window.send(image)
        except Exception as error:
            self._ledger.trouble("window", str(error) or type(error).__name__)
            lost, self._window = self._window, None
            self._guard_close(lost)

    def _guard_close(self, output: Output) -> None:
        try:
            output.close()
        except Exception as error:
            self._ledger.trouble("output", f"{output.name} could not be closed: {error}")


def _painter(settings: Settings) -> Painter:
    return Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )
