"""The loops' lifecycle, and the desired state they act on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

from overlay.engine.capture import CaptureLoop
from overlay.engine.cut_faces import CutFaces
from overlay.engine.desired import Desired, DesiredState, OpenOutput, OpenSource
from overlay.engine.faces import FaceNumbers, SeenFace, seen_faces
from overlay.engine.latest_value import Following, LatestValue
from overlay.engine.loop import Loop, Worker
from overlay.engine.observing import Observing, ObservingLoop
from overlay.engine.perceiving import Perceiver, PerceptionLoop
from overlay.engine.presentation import PresentationLoop
from overlay.engine.status import Metrics, Status
from overlay.engine.tagged import Tagged
from overlay.engine.tuning import tune_process
from overlay.engine.watchdog import Watchdog
from overlay.engine.window import WindowLoop
from overlay.language import _
from overlay.outputs import Output
from overlay.scene import Frame, Scene
from overlay.settings import Settings

#: How many frames, and scenes, wait when the machine holds up the loop that takes them.
KEPT = 8

#: How long `stop` takes at most, in seconds. What hangs then is left behind.
STOP_S = 3.5

#: Who follows the frames is told that there are none after so long, in seconds.
NO_FRAMES_S = 5.0

_LOOK_S = 0.25

#: How much of that capture may take; then the rest ends without it.
_CAPTURE_STOP_S = 1.5

_log = logging.getLogger(__name__)


def _open_perception(settings: Settings) -> Perceiver:
    from overlay.perception.live_perception import LivePerception
    from overlay.perception.networks import Networks

    return LivePerception(Networks(sensitivity=settings.sensitivity))


class Engine:
    """Carries frames from a source to an output and labels them according to the mode.

    What it should be doing is one value, `desired`, which `update` replaces and the loops read on
    each pass. Once running, it never stops by itself except at the end of its source, and resumes
    when it is given another one. All methods may be called from any thread, any number of times.
    Only `start` and `stop` wait for devices; `update` may wait for the frame being sent.

    Args:
        settings: Mode, sizes, rates and style.
        open_source: Opens the source; called again whenever the source is lost.
        open_output: Opens the output; called again whenever the output is lost.
        open_window: Opens the private window, which also shows labels in `only-me`; None for no
            window.
        open_perception: Opens perception; called in the perception loop's thread. By default the
            application's own, as sensitive as the settings say.
        retry_open: Whether to keep trying to open what cannot be opened at the start; otherwise
            `start` raises.
        changed: Called at once, from any thread, when something may have changed that `status`
            shows: what is desired, a problem, the window, the end.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        open_source: OpenSource,
        open_output: OpenOutput,
        open_window: OpenOutput | None = None,
        open_perception: Callable[[], Perceiver] | None = None,
        retry_open: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        open_perception = open_perception or partial(_open_perception, settings)
        self._retry_open = retry_open
        self._changed = changed
        self._metrics = metrics = Metrics(changed)
        self._state = state = DesiredState(Desired(settings, open_source, open_output, open_window))
        self._observing = observing = Observing(state, metrics)
        self._frames: LatestValue[Tagged[Frame]] = LatestValue(KEPT)
        self._presented: LatestValue[Tagged[Frame]] = LatestValue()
        self._scenes: LatestValue[Tagged[Scene]] = LatestValue(KEPT)
        frames, presented, scenes = self._frames, self._presented, self._scenes
        cut_faces, numbers = CutFaces(metrics.problems), FaceNumbers()
        self._capture = Worker(
            "capture", lambda: CaptureLoop(state, metrics, frames, cut_faces, changed)
        )
        self._presentation = Worker(
            "presentation", lambda: PresentationLoop(state, metrics, frames, presented, scenes)
        )
        self._window = Worker(
            "window",
            lambda: WindowLoop(
                state, metrics, Following(presented, frames), scenes, observing, changed
            ),
        )
        self._perception = Worker(
            "perception",
            lambda: PerceptionLoop(
                state,
                metrics,
                Following(presented, frames),
                scenes,
                cut_faces,
                observing,
                numbers,
                open_perception,
            ),
        )
        self._observer = Worker(
            "observing", lambda: ObservingLoop(state, metrics, scenes, observing)
        )
        self._workers: tuple[Worker[Any], ...] = (
            self._capture, self._presentation, self._window, self._perception, self._observer
        )  # fmt: skip
        self._go = threading.Event()
        self._watchdog = Watchdog(self._workers, state, changed, may_replace=self._go.is_set)
        self._stop_lock = threading.Lock()
        self._begun = self._ended = False

    @property
    def desired(self) -> Desired:
        """What the engine should be doing now."""
        return self._state.value

    @property
    def condition(self) -> threading.Condition:
        """Hold it to read `desired` and `update` it in one step; frames do not wait for it."""
        return self._state.condition

    @property
    def running(self) -> bool:
        """Whether the loops run and the source is not at its end."""
        return self._go.is_set() and not self._has_ended(self.desired)

    @property
    def output(self) -> Output | None:
        """The output, while it is open."""
        return self._presentation.loop.output

    @property
    def window_closed(self) -> bool:
        """Whether there was a private window and the user has closed it."""
        return self._window.loop.user_closed

    def start(self) -> None:
        """Open everything and start the loops; does nothing the second time, or after `stop`.

        Raises:
            SourceError: The source cannot be opened, and `retry_open` is off.
            OutputError: The same for the output or the window.
        """
        if self._begun or self.desired.stopping:
            return
        self._begun = True
        tune_process()
        self._metrics.begin()
        self._watchdog.start()
        try:
            for worker in self._workers:
                self._start(worker)
        except BaseException:
            self.stop()
            raise
        self._go.set()

    def stop(self) -> None:
        """End the loops, send what is still waiting, release everything.

        Takes at most `STOP_S`; a loop in which something still hangs then is left behind.
        """
        self._metrics.end()
        self._state.update(stopping=True)
        with self._stop_lock:
            if not self._ended:
                self._end()
            self._ended = True

    def _end(self) -> None:
        self._go.set()
        self._presented.close()
        deadline = time.monotonic() + STOP_S
        self._capture.join(_CAPTURE_STOP_S)
        self._frames.close()
        for worker in self._workers:
            worker.join(deadline - time.monotonic())
        self._metrics.problems.close()
        if left := self.left_behind:
            _log.error("left behind at the end: %s", ", ".join(left))

    @property
    def left_behind(self) -> tuple[str, ...]:
        """Names of the loops that have not ended."""
        return tuple(worker.name for worker in self._workers for _ in worker.alive())

    def update(self, **changes: Any) -> None:
        """Change what the engine should do from the next frame on, all of it in one step.

        Once it returns, no more frames are sent with labels that are now off, or from a source that
        is now paused or replaced; for that it waits up to a tenth of a second for the frame being
        sent.

        Args:
            **changes: New values under the names of `Desired` or of `Settings`.

        Raises:
            SettingsError: A setting is unknown, or its value cannot be used; nothing is changed.
        """
        with self.condition:
            before = self.desired
            now = self._state.update(**changes)
        if now.picture != before.picture:
            self._presentation.loop.finish_call()
            self._window.loop.finish_call()
        self._changed()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the source is at its end or the engine was stopped.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        return self._has_ended(self._state.wait_for(self._has_ended, seconds))

    def faces(self) -> list[SeenFace]:
        """The faces in view, from the left of the picture to the right."""
        seen = self._scenes.value
        return [] if seen is None else list(seen_faces(seen.value, self.desired.hidden_faces))

    def toggle_face(self, number: int) -> None:
        """Take the labels of a face off everywhere, or put them on again.

        While a face without labels is out of view, faces that come into view get none either.
        """
        with self.condition:
            self.update(hidden_faces=self.desired.hidden_faces ^ {number})

    def toggle_face_at(self, x: float, y: float) -> None:
        """The same for the face at a place, if there is one.

        Args:
            x: From the left of the picture, as a share of its width.
            y: From the top, as a share of its height.
        """
        seen = self._scenes.value
        face = seen.value.face_at(x, y) if seen is not None else None
        if face is not None:
            self.toggle_face(face.id)

    def show_faces(self) -> None:
        """Put the labels of all faces on again."""
        self.update(hidden_faces=frozenset())

    def frames(self, wanted: Callable[[], bool]) -> Iterator[Frame]:
        """The newest frames, each after it has been sent; they are shared, so do not change them.

        Ends when they are wanted no longer, or when none has come for `NO_FRAMES_S`.
        """
        following = Following(self._presented, self._frames)
        newest_s = time.monotonic()
        while wanted() and time.monotonic() - newest_s < NO_FRAMES_S:
            frame = following.wait(_LOOK_S)
            if frame is not None and self.desired.needs_source:
                yield frame.value
                newest_s = time.monotonic()

    def status(self) -> Status:
        """A snapshot of what the engine is doing."""
        desired = self.desired
        return self._metrics.status(
            mode=desired.settings.mode,
            paused=desired.paused,
            standby=desired.standby,
            running=self.running,
            source=_described(self._capture.loop.name, desired.settings),
            output=self._presentation.loop.name,
            window=self._window.loop.name,
            width=desired.settings.width,
            height=desired.settings.height,
            recording=self._observing.recording,
            sharing=self._observing.sharing,
            hung=self._watchdog.hung,
        )

    def _start(self, worker: Worker[Any]) -> None:
        """Start a loop; if it has something to open first, in its own thread, wait for that.

        So Ctrl-C ends even a start that hangs in a driver.
        """
        opened: Future[None] = Future()

        def begin(loop: Loop) -> None:
            if not self._retry_open:
                try:
                    loop.open()
                except BaseException as error:
                    opened.set_exception(error)
                    return
                opened.set_result(None)
                self._go.wait()
            loop.run()

        worker.start(begin)
        if not self._retry_open:
            opened.add_done_callback(lambda _: self._state.wake())
            if not self._state.wait_for(lambda d: d.stopping or opened.done()).stopping:
                opened.result()

    def _has_ended(self, desired: Desired) -> bool:
        return desired.stopping or self._capture.loop.has_ended(desired)

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _described(source: str, settings: Settings) -> str:
    """The source's name, and how its picture is turned."""
    parts = [source]
    if settings.rotate:
        parts.append(_("rotated by {angle}°").format(angle=settings.rotate))
    if settings.flip:
        parts.append(_("flipped"))
    return ", ".join(parts)
