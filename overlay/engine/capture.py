"""The capture loop: source -> newest frame."""

from __future__ import annotations

import threading
from collections.abc import Callable

from overlay.engine.latest_value import LatestValue
from overlay.engine.status import Metrics
from overlay.errors import OverlayError
from overlay.scene import Frame
from overlay.settings import Settings
from overlay.sources import Source, fit

#: How long to wait before a lost source is tried again, in seconds.
RETRY_S = 0.5


class CaptureLoop:
    """Reads the source, brings every picture to the output's size, keeps only the newest.

    A source that is lost is opened again and again until it is back. While paused, the source
    is closed, so the camera's light goes out.
    """

    def __init__(
        self,
        settings: Settings,
        frames: LatestValue[Frame],
        metrics: Metrics,
        source: Source | None,
        reopen: Callable[[], Source],
    ) -> None:
        self._settings = settings
        self._frames = frames
        self._metrics = metrics
        self._source = source
        self._reopen = reopen
        self._changed = threading.Condition()
        self._stopping = False
        self._paused = False
        self._stale = False
        self.name = source.name if source else settings.source
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until stopped or until the source is at its end."""
        try:
            while not self._stopping:
                if self._paused:
                    self._rest()
                else:
                    self._step()
        finally:
            self._close()
            self.ended.set()

    def stop(self) -> None:
        """Ask the loop to end after the frame it is reading."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def pause(self, paused: bool) -> None:
        """Release the source, or take it up again."""
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def switch(self, reopen: Callable[[], Source]) -> None:
        """Read from another source from the next frame on."""
        with self._changed:
            self._reopen = reopen
            self._stale = True
            self._changed.notify_all()

    def _step(self) -> None:
        try:
            source = self._ready_source()
            frame = source.read()
            if frame is None:
                if not self._stale:
                    self._stopping = True
                return
            width, height = self._settings.size
            image = fit(frame.image, width, height, self._settings.fit)
        except OverlayError as error:
            self._lose(str(error), error)
        except Exception as error:
            self._lose(f"{self.name}: {type(error).__name__}: {error}", error)
        else:
            self._metrics.frames_in += 1
            self._metrics.set_problem("source", None)
            self._frames.put(Frame(image, frame.time_s, frame.index))

    def _ready_source(self) -> Source:
        if self._stale:
            self._close()
            self._stale = False
        if self._source is None:
            self._source = self._reopen()
            self.name = self._source.name
        return self._source

    def _lose(self, message: str, error: Exception) -> None:
        self._metrics.set_problem("source", message, error)
        self._close()
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._stale or self._paused, RETRY_S)

    def _rest(self) -> None:
        self._close()
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or not self._paused)

    def _close(self) -> None:
        if self._source is not None:
            source, self._source = self._source, None
            source.close()
