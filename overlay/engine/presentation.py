"""The presentation loop: newest frame + newest scene -> outputs."""

from __future__ import annotations

import time
from collections.abc import Hashable

import cv2
import numpy as np

from overlay.drawing import Painter
from overlay.engine.closing import close
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.latest_value import LatestValue
from overlay.engine.observing import Observing
from overlay.engine.status import Metrics
from overlay.engine.window import PrivateWindow
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings

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
        state: DesiredState,
        frames: LatestValue[Frame],
        presented: LatestValue[Frame],
        scenes: LatestValue[Scene],
        metrics: Metrics,
        observing: Observing,
        window: PrivateWindow,
    ) -> None:
        self._state = state
        self._frames = frames
        self._presented = presented
        self._scenes = scenes
        self._metrics = metrics
        self._observing = observing
        self._window = window
        self._settings = settings = state.value.settings
        self._painter = _painter(settings)
        self._allocate(settings)
        self._opened: Hashable = None
        self._retry_at = 0.0
        self._measure_at = self._fps = 0.0
        self._drawing_error: Exception | None = None
        self.output: Output | None = None
        self.name = settings.output

    def open(self) -> None:
        """Open the output now; only before the loop runs.

        Raises:
            OutputError: It cannot be opened.
        """
        self._ready_output(self._state.value)

    def close(self) -> None:
        """Release the output, if it is open."""
        if self.output is not None:
            output, self.output = self.output, None
            close(output, "output", self._metrics)

    def run(self) -> None:
        """Send frames until there will be no more."""
        seen = 0
        timeout_s = PLACEHOLDER_AFTER_S
        while True:
            seen, frame = self._frames.wait_next(seen, timeout_s)
            desired = self._state.value
            if frame is not None and desired.needs_source:
                timeout_s = PLACEHOLDER_AFTER_S
                self._pass(desired, frame)
            elif self._frames.closed:
                break
            else:
                timeout_s = 1.0 / desired.settings.fps
                self._pass(desired, None)
        self.close()

    def _pass(self, desired: Desired, frame: Frame | None) -> None:
        """Send one frame or the placeholder, whatever fails while it is drawn."""
        self._drawing_error = None
        try:
            if desired.settings is not self._settings:
                self._adapt(desired.settings)
            if frame is None:
                self._hold(desired)
            elif frame.image.shape == self._canvas.shape:  # else it is from before a change of size
                self._present(frame, desired)
        except Exception as error:
            self._drawing_error = error
        self._tell(self._drawing_error)

    def _tell(self, error: Exception | None) -> None:
        message = None if error is None else f"drawing failed: {type(error).__name__}: {error}"
        self._metrics.set_problem("drawing", message, error)

    def _adapt(self, settings: Settings) -> None:
        """Take up another size or style."""
        before, self._settings = self._settings, settings
        if settings.size != before.size:
            self._allocate(settings)
        if _style(settings) != _style(before):
            self._painter = _painter(settings)

    def _allocate(self, settings: Settings) -> None:
        shape = (settings.height, settings.width, 3)
        self._canvas, self._mirror_canvas = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
        self._mirrored = np.empty(shape, np.uint8)

    def _present(self, frame: Frame, desired: Desired) -> None:
        scene, age_s = self._current_scene(frame)
        labelled = (
            self._paint(frame.image, scene, self._canvas) if desired.labels_in_output else None
        )
        # Asked again, because painting takes its time: after a panic no frame has labels.
        now = self._state.value
        on_air = labelled if now.labels_in_output else None
        if self._send(frame.image if on_air is None else on_air, desired):
            self._metrics.count_frame(
                placeholder=False, label_age_s=age_s if on_air is not None else None
            )
        self._presented.put(frame)
        if self._window.wants_frames:
            if not now.labels_in_window:
                scene = labelled = None
            image = self._with_panel(self._private_image(frame.image, scene, labelled))
            self._window.send(image, self._description(now))

    def _hold(self, desired: Desired) -> None:
        width, height = desired.settings.size
        image = self._painter.placeholder(width, height, desired.placeholder)
        if self._send(image, desired):
            self._metrics.count_frame(placeholder=True, label_age_s=None)
        self._window.send(image, self._description(desired))

    def _current_scene(self, frame: Frame) -> tuple[Scene | None, float | None]:
        """The newest scene, moved to the frame's time, unless it is too old; and its age."""
        scene = self._scenes.value
        if scene is None or (age_s := frame.time_s - scene.time_s) > LABEL_LIFE_S:
            return None, None
        try:
            return scene.at(frame.time_s), age_s
        except Exception as error:
            self._drawing_error = error
            return None, None

    def _description(self, desired: Desired) -> str:
        """Mode, who is recorded, and rate, measured once a second for a steady title."""
        now = time.monotonic()
        if now >= self._measure_at:
            self._measure_at = now + 1.0
            self._fps = self._metrics.fps()
        recording = self._observing.recording
        recorded = f", recording {recording}" if recording else ""
        state = "paused" if desired.paused else desired.settings.mode
        return f"{state}{recorded}, {self._fps:.0f} fps"

    def _private_image(self, image: Image, scene: Scene | None, labelled: Image | None) -> Image:
        """What the private window shows: a mirrored picture with text the right way round."""
        if self._settings.mirror_window:
            image = np.asarray(cv2.flip(image, 1, dst=self._mirrored), np.uint8)
            scene = scene.mirrored() if scene is not None else None
        elif labelled is not None:
            return labelled
        painted = self._paint(image, scene, self._mirror_canvas)
        return image if painted is None else painted

    def _with_panel(self, image: Image) -> Image:
        """The private window's picture with what the observer has to show, on a copy."""
        panel = self._observing.panel()
        if panel is None:
            return image
        if image is not self._mirror_canvas:
            np.copyto(self._mirror_canvas, image)
        self._painter.paint_panel(self._mirror_canvas, panel)
        return self._mirror_canvas

    def _paint(self, image: Image, scene: Scene | None, canvas: Image) -> Image | None:
        """Draw onto a copy: perception may still be looking at the frame itself."""
        if scene is None:
            return None
        try:
            np.copyto(canvas, image)
            self._painter.paint(canvas, scene)
        except Exception as error:
            self._drawing_error = error
            return None
        return canvas

    def _send(self, image: Image, desired: Desired) -> bool:
        try:
            output = self._ready_output(desired)
            if output is None:
                return False
            output.send(image)
        except Exception as error:
            self._metrics.set_problem("output", str(error) or type(error).__name__, error)
            self._retry_at = time.monotonic() + RETRY_S
            self.close()
            return False
        self._metrics.set_problem("output", None)
        return True

    def _ready_output(self, desired: Desired) -> Output | None:
        """The output, opened if need be; None until it is time for another try."""
        if self._opened != desired.output_key:
            self.close()
            self._opened, self._retry_at = desired.output_key, 0.0
        if self.output is None and time.monotonic() >= self._retry_at:
            self.output = desired.open_output(desired.settings)
            self.name = self.output.name
        return self.output


def _style(settings: Settings) -> dict[str, object]:
    """What a painter is made from."""
    return settings.model_dump(include={"theme", "language", "boxes", "bars", "scale"})


def _painter(settings: Settings) -> Painter:
    return Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )
