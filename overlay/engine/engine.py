"""The three loops' lifecycle and their control from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from overlay.engine.capture import CaptureLoop
from overlay.engine.latest_value import LatestValue
from overlay.engine.observer import SceneObserver
from overlay.engine.perceiving import Perceiver, PerceptionLoop
from overlay.engine.presentation import PresentationLoop
from overlay.engine.status import Metrics, Status
from overlay.engine.tuning import tune_process
from overlay.engine.window import PrivateWindow
from overlay.outputs import Output
from overlay.scene import Frame, Scene
from overlay.settings import Mode, Settings
from overlay.sources import Source

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

    Source and output are opened in the constructor, so that what is missing is known before
    anything runs, unless `retry_open` is set. Once it runs, it never stops by itself except at
    the end of its source. All methods may be called from any thread, in any order, any number of
    times; none but the constructor and `stop` waits for a device.

    Args:
        settings: Mode, sizes, rates and style.
        open_source: Opens the source; called again whenever the source was lost.
        open_output: Opens the output; called again whenever the output was lost.
        open_window: Opens the private window, which shows labels in `only-me` as well; None for
            no window.
        open_perception: Opens perception; called in the perception loop's thread.
        retry_open: Open nothing in the constructor; what cannot be opened is tried again and again
            while the engine runs.
        changed: Called, from any thread and at once, when something may have changed that
            `status` shows: a problem, the window, the end.

    Raises:
        SourceError: The source cannot be opened.
        OutputError: The output or the window cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        open_source: Callable[[], Source],
        open_output: Callable[[], Output],
        open_window: Callable[[], Output] | None = None,
        open_perception: Callable[[], Perceiver] = _open_perception,
        retry_open: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        tune_process()
        self._settings = settings
        self._changed = changed
        self._metrics = Metrics(changed)
        self._lock = threading.RLock()
        self._running = self._stopped = self._unused = False
        self._watcher: SceneObserver | None = None
        self._window = PrivateWindow(self._metrics, self._window_changed)
        source, output = None, None
        if not retry_open:
            source, output, window = _open_all(open_source, open_output, open_window)
            if window is not None:
                self._window.adopt(window)
        frames: LatestValue[Frame] = LatestValue(KEPT_FRAMES)
        presented: LatestValue[Frame] = LatestValue()
        scenes: LatestValue[Scene] = LatestValue()
        self._capture = CaptureLoop(settings, frames, self._metrics, source, open_source)
        self._perception = PerceptionLoop(
            presented, scenes, self._metrics, open_perception, hz=settings.perception_hz
        )
        self._presentation = PresentationLoop(
            settings, frames, presented, scenes, self._metrics, output, open_output, self._window
        )
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (
                ("capture", self._capture_to_the_end),
                ("perception", self._perception.run),
                ("presentation", self._presentation.run),
            )
        ]
        self._open_window = open_window if retry_open else None

    def start(self) -> None:
        """Start the loops; does nothing if they were started before."""
        with self._lock:
            if self._stopped or self._threads[0].ident is not None:
                return
            self._running = True
            self._update_need()
            for thread in self._threads:
                thread.start()
            if self._open_window is not None:
                self._window.show(self._open_window)

    def adopt_output(self, output: Output | None) -> None:
        """Send to an output that another engine kept open; only before `start`."""
        self._presentation.adopt(output)

    def stop(self, *, keep_output: bool = False) -> Output | None:
        """End the loops, send what is still waiting, release camera and output.

        Args:
            keep_output: Leave the output open and return it.

        Returns:
            The output, if it was to be kept and there is one.
        """
        with self._lock:
            self._running, self._stopped = False, True
            started = self._threads[0].ident is not None
        capture, perception, presentation = self._threads
        self._capture.stop()
        self._perception.stop()
        if not started:
            # The loops own what was opened; running them once stopped closes it.
            self._presentation.stop(keep_output=keep_output)
            self._capture.run()
            self._presentation.run()
            return self._presentation.give()
        _join(capture)
        self._presentation.stop(keep_output=keep_output)
        _join(presentation)
        _join(perception, _JOIN_PERCEPTION_S)
        return None if presentation.is_alive() else self._presentation.give()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the source is at its end or the engine was stopped.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        return self._capture.ended.wait(seconds)

    def set_mode(self, mode: Mode) -> None:
        """Change who sees labels, from the next frame on."""
        with self._lock:
            self._presentation.mode = mode
            self._update_need()

    def set_source(self, open_source: Callable[[], Source]) -> None:
        """Read from another source from the next frame on."""
        with self._lock:
            self._capture.switch(open_source)
            self._perception.forget()

    def set_output(self, open_output: Callable[[], Output]) -> None:
        """Send to another output from the next frame on."""
        self._presentation.switch(open_output)

    def show_window(self, open_window: Callable[[], Output]) -> None:
        """Open the private window soon, unless it is open or opening."""
        with self._lock:
            if not self._stopped:
                self._window.show(open_window)

    def hide_window(self) -> None:
        """Close the private window soon, if there is one."""
        self._window.hide()

    def pause(self) -> None:
        """Release the source and send the pause picture."""
        self._set_paused(True)

    def resume(self) -> None:
        """Take the source up again."""
        self._set_paused(False)

    def set_standby(self, standby: bool) -> None:
        """Release the source while nobody looks at the output, or take it up again.

        As long as there is a private window or a watcher, somebody looks.
        """
        with self._lock:
            self._unused = standby
            self._update_rest()

    def restyle(self, settings: Settings) -> None:
        """Draw in the style of these settings, and mirror the window or not, from the next frame.

        Raises:
            SettingsError: The language or theme is unknown.
        """
        self._presentation.restyle(settings)

    def watch(self, watcher: SceneObserver | None) -> None:
        """Show every scene to a watcher, in every mode, or with None to nobody any more.

        While there is one, faces are read at least `OBSERVED_HZ` times a second, and the private
        window shows its panel; the call never sees anything of it.
        """
        with self._lock:
            self._watcher = watcher
            if watcher is not None:
                watcher.set_paused(self._presentation.paused)
            self._perception.watch(watcher)
            self._presentation.watcher = watcher
            self._update_rest()

    @property
    def window_closed(self) -> bool:
        """Whether there was a private window and the user has closed it."""
        return self._window.user_closed

    def status(self) -> Status:
        """A snapshot of what the engine is doing."""
        with self._lock:
            width, height = self._settings.size
            return self._metrics.status(
                mode=self._presentation.mode,
                paused=self._presentation.paused,
                standby=self._presentation.standby,
                running=self._running and not self._capture.ended.is_set(),
                source=self._capture.name,
                output=self._presentation.name,
                window=self._window.name,
                width=width,
                height=height,
                recording=self._watcher.recording if self._watcher else None,
            )

    def _capture_to_the_end(self) -> None:
        self._capture.run()
        self._changed()

    def _set_paused(self, paused: bool) -> None:
        with self._lock:
            self._presentation.paused = paused
            if self._watcher is not None:
                self._watcher.set_paused(paused)
            self._perception.forget()
            self._update_rest()

    def _update_rest(self) -> None:
        presentation = self._presentation
        looked_at = self._window.name is not None or self._watcher is not None
        presentation.standby = self._unused and not looked_at
        self._capture.pause(presentation.paused or presentation.standby)
        self._update_need()

    def _update_need(self) -> None:
        mode, presentation = self._presentation.mode, self._presentation
        shown = mode == "on-air" or (mode == "only-me" and self._window.name is not None)
        asleep = presentation.paused or presentation.standby
        self._perception.need((shown or self._watcher is not None) and not asleep)

    def _window_changed(self) -> None:
        with self._lock:
            self._update_rest()
        self._changed()

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _open_all(
    open_source: Callable[[], Source],
    open_output: Callable[[], Output],
    open_window: Callable[[], Output] | None,
) -> tuple[Source, Output, Output | None]:
    """Open everything, or nothing."""
    with ExitStack() as opened:
        source = opened.enter_context(open_source())
        output = opened.enter_context(open_output())
        window = opened.enter_context(open_window()) if open_window else None
        opened.pop_all()
    return source, output, window


def _join(thread: threading.Thread, seconds: float = _JOIN_S) -> None:
    if thread is not threading.current_thread():
        thread.join(seconds)
