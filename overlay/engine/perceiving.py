"""The perception loop: newest presented frame -> newest scene, at its own pace."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Protocol

from overlay.engine.closing import close
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.latest_value import LatestValue
from overlay.engine.observing import Observing
from overlay.engine.status import Metrics
from overlay.scene import Frame, Scene

if TYPE_CHECKING:
    from overlay.perception import Personal

#: While there is an observer, faces are read at least so often a second.
OBSERVED_HZ = 10.0

#: Perception idles as long as it works, so it takes at most half a core, but no longer than
#: this, in seconds: on a machine so busy that reading takes half a second, faces that were seen
#: in one frame must still be known in the next.
LONGEST_IDLE_S = 0.1

# The loop wakes a little early, so that a frame that is due is not missed by a hair.
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
        state: DesiredState,
        frames: LatestValue[Frame],
        scenes: LatestValue[Scene],
        metrics: Metrics,
        observing: Observing,
        open_perception: Callable[[], Perceiver],
    ) -> None:
        self._state = state
        self._frames = frames
        self._scenes = scenes
        self._metrics = metrics
        self._observing = observing
        self._open = open_perception
        self._perception: Perceiver | None = None
        self._personal: Personal | None = None
        self._source: Hashable = None

    def run(self) -> None:
        """Perceive until stopped."""
        seen = 0
        while not (desired := self._state.value).stopping:
            if not desired.needs_perception:
                self._scenes.put(None)
                self._source = None  # what comes then is another picture
                self._state.wait_for(lambda d: d.needs_perception or d.stopping)
                continue
            try:
                # Opening takes seconds: the frame to look at is the one after that.
                self._perception = self._perception or self._open()
                seen, frame = self._frames.wait(seen, 0.5)
                if frame is None:
                    continue
                began = time.monotonic()
                self._perceive(self._perception, frame)
            except Exception as error:
                self._fail(error)
                continue
            took = time.monotonic() - began
            idle_s = max(_EARLY * self._period_s() - took, min(took, LONGEST_IDLE_S))
            self._state.wait_for(lambda d: d.stopping, idle_s)
            # What came meanwhile is old; the next frame is read the moment it arrives.
            seen, _ = self._frames.wait(seen, 0.0)
        if self._perception is not None:
            close(self._perception, "perception", self._metrics)

    def _perceive(self, perception: Perceiver, frame: Frame) -> None:
        desired = self._state.value
        if self._source != desired.source_key:
            self._source = desired.source_key
            perception.reset()
        personal = self._observing.personal
        if personal is not self._personal:
            perception.personalize(personal)
            self._personal = personal
        scene = perception.perceive(frame)
        if not self._is_wanted(scene, desired):
            return
        self._metrics.set_problem("perception", None)
        self._metrics.count_scene(scene)
        self._scenes.put(scene)
        self._observing.observe(scene)

    def _is_wanted(self, scene: Scene, then: Desired) -> bool:
        """Whether a scene is one of the picture that is desired now."""
        now = self._state.value
        same = now.needs_perception and now.source_key == then.source_key
        return same and (scene.width, scene.height) == now.settings.size

    def _period_s(self) -> float:
        desired = self._state.value
        hz = desired.settings.perception_hz
        return 1 / (hz if desired.observer is None else max(hz, OBSERVED_HZ))

    def _fail(self, error: Exception) -> None:
        self._scenes.put(None)
        message = f"no labels: {str(error) or type(error).__name__}"
        self._metrics.set_problem("perception", message, error)
        self._state.wait_for(lambda d: d.stopping, RETRY_S)
