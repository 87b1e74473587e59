"""The loops' lifecycle, and the desired state that they make so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from overlay.engine.capture import CaptureLoop
from overlay.engine.desired import Desired, DesiredState, OpenOutput, OpenSource
from overlay.engine.latest_value import LatestValue
from overlay.engine.observing import Observing
from overlay.engine.perceiving import Perceiver, PerceptionLoop
from overlay.engine.presentation import PresentationLoop
from overlay.engine.status import Metrics, Status
from overlay.engine.tuning import tune_process
from overlay.engine.window import PrivateWindow
from overlay.outputs import Output
from overlay.scene import Frame, Scene
from overlay.settings import Settings

#: How many frames wait for the presentation loop when the machine holds it up for a moment.
KEPT_FRAMES = 8

#: How long a loop may take to end; a camera that hangs in its driver is left behind after that.
_JOIN_S = 3.0

#: How long perception may take to end. It may be opening its models, which ends by itself; left
#: behind then, its native threads would abort the whole process at its exit.
_JOIN_PERCEPTION_S = 30.0


def _open_perception() -> Perceiver:
    from overlay.perception.live_perception import LivePerception

    return LivePerception()


class Engine:
    """Carries frames from a source to an output and labels them according to the mode.

    What it should be doing is one value, `desired`, which `update` replaces and the loops read on
    each pass. Once it runs, it never stops by itself except at the end of its source, and goes on
    from there with another one. All methods may be called from any thread, any number of times;
    none but `start` and `stop`, which are for one thread at a time, waits for a device.

    Args:
        settings: Mode, sizes, rates and style.
        open_source: Opens the source; called again whenever the source was lost.
        open_output: Opens the output; called again whenever the output was lost.
        open_window: Opens the private window, which shows labels in `only-me` as well; None for
            no window.
        open_perception: Opens perception; called in the perception loop's thread.
        retry_open: Whether what cannot be opened at the start is tried again and again while the
            engine runs; else `start` raises.
        changed: Called, from any thread and at once, when something may have changed that
            `status` shows: what is desired, a problem, the window, the end.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        open_source: OpenSource,
        open_output: OpenOutput,
        open_window: OpenOutput | None = None,
        open_perception: Callable[[], Perceiver] = _open_perception,
        retry_open: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._retry_open = retry_open
        self._changed = changed
        self._metrics = metrics = Metrics(changed)
        self._state = state = DesiredState(Desired(settings, open_source, open_output, open_window))
        self._observing = Observing(state, metrics)
        self._frames: LatestValue[Frame] = LatestValue(KEPT_FRAMES)
        self._presented: LatestValue[Frame] = LatestValue()
        self._scenes: LatestValue[Scene] = LatestValue()
        self._capture = CaptureLoop(state, self._frames, metrics, changed)
        self._perception = PerceptionLoop(
            state, self._presented, self._scenes, metrics, self._observing, open_perception
        )
        self._window = PrivateWindow(state, metrics, changed)
        self._presentation = PresentationLoop(
            state,
            self._frames,
            self._presented,
            self._scenes,
            metrics,
            self._observing,
            self._window,
        )
        self._threads = {
            name: threading.Thread(target=run, name=name, daemon=True)
            for name, run in (
                ("capture", self._capture.run),
                ("perception", self._perception.run),
                ("presentation", self._presentation.run),
                ("window", self._window.run),
            )
        }

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
        return self._started and not self._has_ended(self.desired)

    @property
    def output(self) -> Output | None:
        """The output, while it is open."""
        return self._presentation.output

    @property
    def window_closed(self) -> bool:
        """Whether there was a private window and the user has closed it."""
        return self._window.user_closed

    def start(self) -> None:
        """Open everything and start the loops; does nothing the second time, or after `stop`.

        Raises:
            SourceError: The source cannot be opened, and `retry_open` is off.
            OutputError: The same for the output or the window.
        """
        if self._started or self.desired.stopping:
            return
        tune_process()
        if not self._retry_open:
            with ExitStack() as opened:
                for part in (self._capture, self._presentation, self._window):
                    part.open()
                    opened.callback(part.close)
                opened.pop_all()
        self._metrics.begin()
        for thread in self._threads.values():
            thread.start()

    def stop(self) -> None:
        """End the loops, send what is still waiting, release everything."""
        self._state.update(stopping=True)
        if not self._started:
            return
        self._join("capture")
        self._frames.close()
        self._join("presentation")
        self._join("window")
        self._presented.close()
        self._join("perception", _JOIN_PERCEPTION_S)

    def update(self, **changes: Any) -> None:
        """Change what should be so from the next frame on, all of it in one step.

        Args:
            **changes: New values under the names of `Desired` or of `Settings`.

        Raises:
            SettingsError: A setting is unknown, or its value cannot be used; nothing is changed.
        """
        with self.condition:
            before = self.desired
            now = self._state.update(**changes)
            if now.observer is not before.observer:
                self._observing.begin(now.paused)
            elif now.paused != before.paused:
                self._observing.set_paused(now.paused)
            if now.source_key != before.source_key:
                self._scenes.put(None)  # it is of another picture
        self._changed()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the source is at its end or the engine was stopped.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        return self._has_ended(self._state.wait_for(self._has_ended, seconds))

    def status(self) -> Status:
        """A snapshot of what the engine is doing."""
        desired = self.desired
        return self._metrics.status(
            mode=desired.settings.mode,
            paused=desired.paused,
            standby=desired.standby,
            running=self.running,
            source=self._capture.name,
            output=self._presentation.name,
            window=self._window.name,
            width=desired.settings.width,
            height=desired.settings.height,
            recording=self._observing.recording,
        )

    @property
    def _started(self) -> bool:
        return self._threads["window"].ident is not None

    def _has_ended(self, desired: Desired) -> bool:
        return desired.stopping or self._capture.has_ended(desired)

    def _join(self, name: str, seconds: float = _JOIN_S) -> None:
        thread = self._threads[name]
        if thread is not threading.current_thread():
            thread.join(seconds)

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
