"""The capture loop: source -> newest frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

import numpy as np

from overlay.engine.checks import check_frame
from overlay.engine.cut_faces import CutFaces
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.latest_value import LatestValue
from overlay.engine.loop import Loop
from overlay.engine.status import Metrics
from overlay.engine.tagged import Tagged
from overlay.errors import OverlayError, SourceError
from overlay.language import LazyText
from overlay.scene import Frame, Image
from overlay.sources import Source, fit, shown_part, turn

#: How long to wait before a lost source is tried again, in seconds.
RETRY_S = 0.5


class CaptureLoop(Loop):
    """Reads the source, brings every picture to the output's shape, keeps only the newest.

    A source that is lost, or delivers what is no frame, is opened again and again until it is
    back. While none is needed, it is closed, so the camera's light goes out. At the end of a
    source the loop waits for another.
    """

    room = "source"

    def __init__(
        self,
        state: DesiredState,
        metrics: Metrics,
        frames: LatestValue[Tagged[Frame]],
        cut_faces: CutFaces,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(state, metrics)
        self._frames = frames
        self._cut_faces = cut_faces
        self._changed = changed
        self._source: Source | None = None
        self._opened: Hashable = None
        self._finished: Hashable = None
        self._newest_s = -math.inf
        self.name = state.value.settings.shown_source

    def task(self, desired: Desired) -> Hashable:
        """One source, or none."""
        return desired.source_key if desired.needs_source else None

    def open(self) -> None:
        """Open the source now; only before the loop runs.

        Raises:
            SourceError: It cannot be opened.
        """
        self._ready_source(self._state.value)

    def _work(self) -> None:
        """Read until stopped."""
        while not (desired := self._state.value).stopping:
            if self._has_work(desired):
                self._step(desired)
            else:
                self._release()
                self._state.wait_for(self._has_work)

    def has_ended(self, desired: Desired) -> bool:
        """Whether the desired source is at its end."""
        return self._finished == desired.source_key

    def _has_work(self, desired: Desired) -> bool:
        return desired.stopping or (desired.needs_source and not self.has_ended(desired))

    def _step(self, desired: Desired) -> None:
        try:
            frame = self._read(self._ready_source(desired))
            if frame is None:
                self._finish(desired)
                return
            image = self._fitted(frame.image, desired)
        except OverlayError as error:
            self._lose(desired, str(error), error)
        except Exception as error:
            self._lose(desired, f"{self.name}: {type(error).__name__}: {error}", error)
        else:
            self._metrics.frames_in += 1
            self._metrics.problems.clear("source")
            self._frames.put(Tagged(Frame(image, frame.time_s, frame.index), desired.view_key))

    def _fitted(self, image: Image, desired: Desired) -> Image:
        settings = desired.settings
        upright = turn(image, settings.rotate, settings.flip)
        size = upright.shape[1], upright.shape[0]
        shown = shown_part(size, settings.size, settings.fit)
        self._cut_faces.offer(upright, shown, desired.view_key)
        return np.ascontiguousarray(fit(upright, *settings.size, settings.fit))

    def _read(self, source: Source) -> Frame | None:
        with self._calling(source.name):
            frame = source.read()
        if frame is None:
            return None
        try:
            check_frame(frame, self._newest_s)
        except ValueError as error:
            raise SourceError(
                LazyText("{name} cannot be used: {error}", name=source.name, error=error)
            ) from error
        self._newest_s = frame.time_s
        return frame

    def _ready_source(self, desired: Desired) -> Source:
        if self._opened != desired.source_key:
            self._release()
        if self._source is None:
            self._task = self.task(desired)
            with self._calling(f"'{desired.settings.shown_source}'", slow=True):
                self._source = desired.open_source(desired.settings)
            if self._opened != desired.source_key:
                self._metrics.problems.clear("source", at_once=True)
            self._opened, self._finished = desired.source_key, None
            self._newest_s = -math.inf
            self.name = self._source.name
        return self._source

    def _release(self) -> None:
        if self._source is not None:
            source, self._source = self._source, None
            self._metrics.warnings = tuple(source.warnings)
            self._close(source)

    def _finish(self, desired: Desired) -> None:
        self._finished = desired.source_key
        self._state.wake()
        self._changed()

    def _lose(self, desired: Desired, message: str, error: Exception) -> None:
        self._metrics.problems.report("source", message, error)
        self._release()
        self._state.wait_for(
            lambda d: d.stopping or not d.needs_source or d.source_key != desired.source_key,
            RETRY_S,
        )
