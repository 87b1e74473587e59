"""The presentation loop: newest frame + newest scene -> the call's output."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from overlay.engine.desired import Desired, DesiredState
from overlay.engine.labeller import Labeller
from overlay.engine.latest_value import LatestValue
from overlay.engine.loop import Loop
from overlay.engine.status import Metrics
from overlay.engine.tagged import Tagged
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene

#: Without a new frame for this long, the placeholder is sent.
PLACEHOLDER_AFTER_S = 1.0

#: How long to wait before a lost output is tried again, in seconds.
RETRY_S = 1.0


class PresentationLoop(Loop):
    """Sends every captured frame, with labels or without, and the placeholder when there is none.

    The call's output never waits for perception or the private window: a frame is handed on to
    them when it has been sent, so that they do not compete for the interpreter while somebody
    waits for the picture. Nothing that fails while drawing keeps a frame from being sent.
    """

    room = "output"

    def __init__(
        self,
        state: DesiredState,
        metrics: Metrics,
        frames: LatestValue[Tagged[Frame]],
        presented: LatestValue[Tagged[Frame]],
        scenes: LatestValue[Tagged[Scene]],
    ) -> None:
        super().__init__(state, metrics)
        self._frames = frames
        self._presented = presented
        self._labeller = Labeller(state.value.settings, scenes)
        self._opened: Hashable = None
        self._seen = 0
        self._retry_at = 0.0
        self.output: Output | None = None
        self.name = state.value.settings.output

    def task(self, desired: Desired) -> Hashable:
        """One output."""
        return desired.output_key

    def open(self) -> None:
        """Open the output now; only before the loop runs.

        Raises:
            OutputError: It cannot be opened.
        """
        self._open_output(self._state.value)

    def _work(self) -> None:
        """Send frames until there will be no more."""
        timeout_s = PLACEHOLDER_AFTER_S
        while True:
            self._seen, frame = self._frames.wait_next(self._seen, timeout_s)
            desired = self._state.value
            if frame is not None and desired.needs_source:
                timeout_s = PLACEHOLDER_AFTER_S
                self._present(frame)
            elif self._frames.closed:
                break
            else:
                timeout_s = 1.0 / desired.settings.fps
                self._hold(desired)

    def _present(self, frame: Tagged[Frame]) -> None:
        output = self._ready_output(self._state.value)
        desired = self._state.value  # opening the output may have taken seconds
        if not _is_wanted(frame, desired):
            return
        self._labeller.begin(desired.settings)
        scene, age_s = self._labeller.current_scene(frame, desired.hidden_faces)
        image = frame.value.image
        labelled = self._labeller.paint(image, scene) if desired.labels_in_output else None

        def choose(now: Desired) -> Image | None:
            if not _is_wanted(frame, now):
                return None
            allowed = now.labels_in_output and now.hidden_faces == desired.hidden_faces
            return labelled if labelled is not None and allowed else image

        if output is not None and (sent := self._send(output, choose)) is not None:
            drawn = sent is labelled
            self._metrics.count_frame(placeholder=False, label_age_s=age_s if drawn else None)
        self._labeller.report(self._metrics.problems, "drawing")
        self._presented.put(frame)

    def _hold(self, desired: Desired) -> None:
        output = self._ready_output(desired)
        self._labeller.begin(desired.settings)
        image = self._labeller.placeholder(desired)

        def choose(now: Desired) -> Image | None:
            return image if now.settings.size == desired.settings.size else None

        if output is not None and self._send(output, choose) is not None:
            self._metrics.count_frame(placeholder=True, label_age_s=None)
        self._labeller.report(self._metrics.problems, "drawing")

    def _send(self, output: Output, choose: Callable[[Desired], Image | None]) -> Image | None:
        """Send the picture that is chosen at the last moment, and return it if it was sent."""
        try:
            with self._calling(output.name):
                image = choose(self._state.value)
                if image is not None:
                    output.send(image)
        except Exception as error:
            self._lose(error)
            return None
        if image is not None:
            self._metrics.problems.clear("output")
        return image

    def _ready_output(self, desired: Desired) -> Output | None:
        """The output, opened if need be; None if it cannot be, or it is too soon to try again."""
        try:
            self._open_output(desired)
        except Exception as error:
            self._lose(error)
        return self.output

    def _open_output(self, desired: Desired) -> None:
        if self._opened != desired.output_key:
            self._metrics.problems.clear("output", at_once=True)
            self._release()
            self._opened, self._retry_at = desired.output_key, 0.0
        if self.output is None and time.monotonic() >= self._retry_at:
            self._task = self.task(desired)
            with self._calling(f"'{desired.settings.output}'", slow=True):
                self.output = desired.open_output(desired.settings)
            self.name = self.output.name

    def _lose(self, error: Exception) -> None:
        self._metrics.problems.report("output", str(error) or type(error).__name__, error)
        self._retry_at = time.monotonic() + RETRY_S
        self._release()

    def _release(self) -> None:
        if self.output is not None:
            output, self.output = self.output, None
            self._close(output)


def _is_wanted(frame: Tagged[Frame], desired: Desired) -> bool:
    """Whether a frame is not from before a pause, or a change of source, view or size."""
    return desired.needs_source and frame.view_key == desired.view_key
