"""The capture loop: source -> newest frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from overlay.engine.closing import close
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.latest_value import LatestValue
from overlay.engine.status import Metrics
from overlay.errors import OverlayError
from overlay.scene import Frame
from overlay.sources import Source, fit

#: How long to wait before a lost source is tried again, in seconds.
RETRY_S = 0.5


class CaptureLoop:
    """Reads the source, brings every picture to the output's size, keeps only the newest.

    A source that is lost is opened again and again until it is back. While none is needed, it is
    closed, so the camera's light goes out. At the end of a source the loop waits for another.
    """

    def __init__(
        self,
        state: DesiredState,
        frames: LatestValue[Frame],
        metrics: Metrics,
        changed: Callable[[], None],
    ) -> None:
        self._state = state
        self._frames = frames
        self._metrics = metrics
        self._changed = changed
        self._source: Source | None = None
        self._opened: Hashable = None
        self._finished: Hashable = None
        self.name = state.value.settings.source

    def open(self) -> None:
        """Open the source now; only before the loop runs.

        Raises:
            SourceError: It cannot be opened.
        """
        self._ready_source(self._state.value)

    def close(self) -> None:
        """Release the source, if it is open."""
        if self._source is not None:
            source, self._source = self._source, None
            close(source, "source", self._metrics)

    def run(self) -> None:
        """Read until stopped."""
        while not (desired := self._state.value).stopping:
            if self._has_work(desired):
                self._step(desired)
            else:
                self.close()
                self._state.wait_for(self._has_work)
        self.close()

    def has_ended(self, desired: Desired) -> bool:
        """Whether the desired source is at its end."""
        return self._finished == desired.source_key

    def _has_work(self, desired: Desired) -> bool:
        return desired.stopping or (desired.needs_source and not self.has_ended(desired))

    def _step(self, desired: Desired) -> None:
        try:
            frame = self._ready_source(desired).read()
            if frame is None:
                self._finish(desired)
                return
            settings = self._state.value.settings
            image = fit(frame.image, settings.width, settings.height, settings.fit)
        except OverlayError as error:
            self._lose(desired, str(error), error)
        except Exception as error:
            self._lose(desired, f"{self.name}: {type(error).__name__}: {error}", error)
        else:
            self._metrics.frames_in += 1
            self._metrics.set_problem("source", None)
            self._frames.put(Frame(image, frame.time_s, frame.index))

    def _ready_source(self, desired: Desired) -> Source:
        if self._opened != desired.source_key:
            self.close()
        if self._source is None:
            self._source = desired.open_source(desired.settings)
            self._opened, self._finished = desired.source_key, None
            self.name = self._source.name
        return self._source

    def _finish(self, desired: Desired) -> None:
        with self._state.condition:
            self._finished = desired.source_key
            self._state.condition.notify_all()
        self._changed()

    def _lose(self, desired: Desired, message: str, error: Exception) -> None:
        self._metrics.set_problem("source", message, error)
        self.close()
        self._state.wait_for(
            lambda d: d.stopping or not d.needs_source or d.source_key != desired.source_key,
            RETRY_S,
        )
