"""The perception loop: newest presented frame -> newest scene, at its own pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from overlay.engine.latest_value import LatestValue
from overlay.engine.observer import OBSERVED_HZ, SceneObserver
from overlay.engine.status import Metrics
from overlay.scene import Frame, Scene

if TYPE_CHECKING:
    from overlay.perception import Personal

#: Perception rests as long as it works, so it takes at most half a core, but no longer than
#: this, in seconds: on a machine so busy that reading takes half a second, faces that were seen
#: in one frame must still be known in the next.
LONGEST_REST_S = 0.1

# The rest ends a little early, so that a frame that is due is not missed by a hair.
_EARLY = 0.9

#: After a failure, how long before the next try, in seconds.
RETRY_S = 0.2


class Perceiver(Protocol):
    """What the loop needs of `overlay.perception.Perception`."""

    def perceive(self, frame: Frame) -> Scene:
        """Find and read the faces in a frame."""

    def reset(self) -> None:
        """Forget all tracks."""

    def personalize(self, personal: Personal | None) -> None:
        """Adapt readings to one person, or with None to nobody."""

    def close(self) -> None:
        """Release the models."""


class PerceptionLoop:
    """Reads faces in the newest frame while somebody needs labels.

    Whatever goes wrong here leaves the video alone: the scene is emptied, the status says why,
    and the loop tries again.
    """

    def __init__(
        self,
        frames: LatestValue[Frame],
        scenes: LatestValue[Scene],
        metrics: Metrics,
        open_perception: Callable[[], Perceiver],
        *,
        hz: float,
    ) -> None:
        self._frames = frames
        self._scenes = scenes
        self._metrics = metrics
        self._open = open_perception
        self._period_s = 1.0 / hz
        self._needed = threading.Event()
        self._stopping = threading.Event()
        self._forget = False
        self._watcher: SceneObserver | None = None
        self._personal: Personal | None = None

    def run(self) -> None:
        """Perceive until stopped."""
        perception: Perceiver | None = None
        seen = 0
        try:
            while not self._stopping.is_set():
                if not self._needed.wait(0.5):
                    continue
                try:
                    # Opening takes seconds: the frame to look at is the one after that.
                    perception = perception or self._open()
                    seen, frame = self._frames.wait(seen, 0.5)
                    if frame is None:
                        continue
                    began = time.monotonic()
                    self._perceive(perception, frame)
                except Exception as error:
                    self._fail(error)
                    continue
                took = time.monotonic() - began
                rest_s = max(_EARLY * self._period() - took, min(took, LONGEST_REST_S))
                self._stopping.wait(rest_s)
                # What came meanwhile is old; the next frame is read the moment it arrives.
                seen, _ = self._frames.wait(seen, 0.0)
        finally:
            if perception is not None:
                perception.close()

    def need(self, needed: bool) -> None:
        """Say whether anybody needs labels; while nobody does, the loop sleeps."""
        if needed:
            self._needed.set()
        else:
            self._needed.clear()
            self.forget()

    def watch(self, watcher: SceneObserver | None) -> None:
        """Show every scene to this watcher from now on, or with None to nobody."""
        self._watcher = watcher
        self._metrics.set_problem("recording", None)

    def forget(self) -> None:
        """Drop the newest scene and all tracks, because the picture is another one now."""
        self._forget = True
        self._scenes.put(None)

    def stop(self) -> None:
        """Ask the loop to end after the frame it is looking at."""
        self._stopping.set()
        self._needed.set()

    def _perceive(self, perception: Perceiver, frame: Frame) -> None:
        if self._forget:
            self._forget = False
            perception.reset()
        personal = self._watcher.personal if self._watcher else None
        if personal is not self._personal:
            perception.personalize(personal)
            self._personal = personal
        scene = perception.perceive(frame)
        if self._forget or not self._needed.is_set():
            return
        self._metrics.set_problem("perception", None)
        self._metrics.saw(scene)
        self._scenes.put(scene)
        self._show(scene)

    def _show(self, scene: Scene) -> None:
        watcher = self._watcher
        if watcher is None:
            return
        try:
            watcher.saw(scene)
        except Exception as error:
            message = f"nothing kept: {type(error).__name__}: {error}"
            self._metrics.set_problem("recording", message, error)
        else:
            self._metrics.set_problem("recording", watcher.problem)

    def _period(self) -> float:
        return self._period_s if self._watcher is None else min(self._period_s, 1 / OBSERVED_HZ)

    def _fail(self, error: Exception) -> None:
        self._scenes.put(None)
        message = f"no labels: {str(error) or type(error).__name__}"
        self._metrics.set_problem("perception", message, error)
        self._stopping.wait(RETRY_S)
