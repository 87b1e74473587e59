"""The presentation loop: newest frame + newest scene -> outputs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import cv2
import numpy as np

from overlay.drawing import Painter
from overlay.engine.latest_value import LatestValue
from overlay.engine.observer import SceneObserver
from overlay.engine.status import Metrics
from overlay.engine.window import PrivateWindow
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene
from overlay.settings import Mode, Settings

#: A scene older than this is not drawn.
LABEL_LIFE_S = 0.5

#: Without a new frame for this long, the placeholder is sent.
PLACEHOLDER_AFTER_S = 1.0

#: How long to wait before a lost output is tried again, in seconds.
RETRY_S = 1.0


class PresentationLoop:
    """Sends every captured frame, with labels or without, and the placeholder when there is none.

    The call's output never waits for perception: a frame is handed on to it when it has been
    sent, so that the two do not compete for the interpreter while somebody waits for the picture.
    Nothing that fails while drawing keeps a frame from being sent.
    """

    def __init__(
        self,
        settings: Settings,
        frames: LatestValue[Frame],
        presented: LatestValue[Frame],
        scenes: LatestValue[Scene],
        metrics: Metrics,
        output: Output | None,
        reopen: Callable[[], Output],
        window: PrivateWindow,
    ) -> None:
        self._settings = settings
        self._frames = frames
        self._presented = presented
        self._scenes = scenes
        self._metrics = metrics
        self._output = output
        self._reopen = reopen
        self._window = window
        self._painter = _painter(settings)
        shape = (settings.height, settings.width, 3)
        self._canvas, self._mirror_canvas = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
        self._mirrored = np.empty(shape, np.uint8)
        self._retry_at = 0.0
        self._stale = False
        self._measure_at = self._fps = 0.0
        self._keep_output = False
        self._stopping = threading.Event()
        self.mode: Mode = settings.mode
        self.mirror_window = settings.mirror_window
        self.paused = self.standby = False
        self.watcher: SceneObserver | None = None
        self.name = output.name if output else settings.output

    def run(self) -> None:
        """Send frames until stopped."""
        seen = 0
        interval_s = 1.0 / self._settings.fps
        timeout_s = PLACEHOLDER_AFTER_S
        try:
            while True:
                seen, frame = self._frames.wait_next(seen, timeout_s)
                if frame is not None and not self.paused:
                    timeout_s = PLACEHOLDER_AFTER_S
                    self._present(frame)
                elif self._stopping.is_set():
                    break
                else:
                    timeout_s = interval_s
                    self._hold()
        finally:
            if not self._keep_output:
                self._close_output()
            self._window.close()
            self._presented.close()

    def restyle(self, settings: Settings) -> None:
        """Draw with other colours, language, sizes from the next frame on."""
        self._painter = _painter(settings)
        self.mirror_window = settings.mirror_window

    def switch(self, reopen: Callable[[], Output]) -> None:
        """Send to another output from the next frame on."""
        self._reopen = reopen
        self._stale = True

    def adopt(self, output: Output | None) -> None:
        """Send to an output that is open already; only before the loop runs."""
        if output is not None:
            self._output, self.name = output, output.name

    def give(self) -> Output | None:
        """Hand over the output, if one was kept open; only after the loop has ended."""
        output, self._output = self._output, None
        return output

    def stop(self, *, keep_output: bool = False) -> None:
        """Ask the loop to end; frames that wait in the slot are still sent."""
        self._keep_output = keep_output
        self._stopping.set()
        self._frames.close()

    def _present(self, frame: Frame) -> None:
        scene = self._scenes.value
        age_s: float | None = None
        if scene is not None:
            age_s = frame.time_s - scene.time_s
            scene = scene.at(frame.time_s) if age_s <= LABEL_LIFE_S else None
        labelled = self._paint(frame.image, scene, self._canvas) if self.mode == "on-air" else None
        # Asked again, because painting takes its time: after a panic no frame has labels.
        on_air = labelled if self.mode == "on-air" else None
        if self._send(frame.image if on_air is None else on_air):
            self._metrics.sent(placeholder=False, label_age_s=age_s if on_air is not None else None)
        self._presented.put(frame)
        if self._window.wants_frames:
            image = self._with_panel(self._private_image(frame.image, scene, labelled))
            self._window.send(image, self._description())

    def _hold(self) -> None:
        key = "paused" if self.paused or self.standby else "unavailable"
        width, height = self._settings.size
        image = self._painter.placeholder(width, height, key)
        if self._send(image):
            self._metrics.sent(placeholder=True, label_age_s=None)
        self._window.send(image, self._description())

    def _description(self) -> str:
        """Mode, who is recorded, and rate, measured once a second for a steady title."""
        now = time.monotonic()
        if now >= self._measure_at:
            self._measure_at = now + 1.0
            self._fps = self._metrics.fps()
        watcher = self.watcher
        recorded = f", recording {watcher.recording}" if watcher and watcher.recording else ""
        return f"{'paused' if self.paused else self.mode}{recorded}, {self._fps:.0f} fps"

    def _private_image(self, image: Image, scene: Scene | None, labelled: Image | None) -> Image:
        """What the private window shows: a mirrored picture with text the right way round."""
        if self.mode == "off":
            scene = labelled = None
        if self.mirror_window:
            image = np.asarray(cv2.flip(image, 1, dst=self._mirrored), np.uint8)
            scene = scene.mirrored() if scene is not None else None
        elif labelled is not None:
            return labelled
        painted = self._paint(image, scene, self._mirror_canvas)
        return image if painted is None else painted

    def _with_panel(self, image: Image) -> Image:
        """The private window's picture with what the watcher has to show, on a copy."""
        if self.watcher is None:
            return image
        try:
            panel = self.watcher.panel()
            if panel is None:
                return image
            if image is not self._mirror_canvas:
                np.copyto(self._mirror_canvas, image)
            self._painter.paint_panel(self._mirror_canvas, panel)
        except Exception as error:
            message = f"no panel: {type(error).__name__}: {error}"
            self._metrics.set_problem("recording", message, error)
            self.watcher = None
            return image
        return self._mirror_canvas

    def _paint(self, image: Image, scene: Scene | None, canvas: Image) -> Image | None:
        """Draw onto a copy: perception may still be looking at the frame itself."""
        if scene is None:
            return None
        try:
            np.copyto(canvas, image)
            self._painter.paint(canvas, scene)
        except Exception as error:
            message = f"no labels: {type(error).__name__}: {error}"
            self._metrics.set_problem("drawing", message, error)
            return None
        self._metrics.set_problem("drawing", None)
        return canvas

    def _send(self, image: Image) -> bool:
        try:
            output = self._ready_output()
            if output is None:
                return False
            output.send(image)
        except Exception as error:
            self._metrics.set_problem("output", str(error) or type(error).__name__, error)
            self._retry_at = time.monotonic() + RETRY_S
            self._close_output()
            return False
        self._metrics.set_problem("output", None)
        return True

    def _ready_output(self) -> Output | None:
        """The output, opened if need be; None until it is time for another try."""
        if self._stale:
            self._stale = False
            self._close_output()
            self._retry_at = 0.0
        if self._output is None and time.monotonic() >= self._retry_at:
            self._output = self._reopen()
            self.name = self._output.name
        return self._output

    def _close_output(self) -> None:
        if self._output is None:
            return
        output, self._output = self._output, None
        try:
            output.close()
        except Exception as error:
            message = f"{output.name} could not be closed: {error}"
            self._metrics.set_problem("output", message, error)


def _painter(settings: Settings) -> Painter:
    return Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )
