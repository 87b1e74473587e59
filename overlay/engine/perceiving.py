"""The perception loop: newest presented frame -> newest scene, at its own pace."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Protocol

from overlay.engine.checks import check_scene
from overlay.engine.cut_faces import CutFaces
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.faces import FaceNumbers, counted_from, hidden_now
from overlay.engine.latest_value import Following, LatestValue
from overlay.engine.loop import Loop
from overlay.engine.observing import Observing
from overlay.engine.status import Metrics
from overlay.engine.tagged import Tagged
from overlay.language import _
from overlay.scene import Frame, Image, KeyPoints, Scene

if TYPE_CHECKING:
    from overlay.perception import Personal
    from overlay.perception.detector import Detection

#: While somebody is shown every scene, faces are read at least so often a second.
OBSERVED_HZ = 10.0

#: Perception idles as long as it works, so it takes at most half a core, but no longer than
#: this, in seconds: on a machine so busy that reading takes half a second, faces that were seen
#: in one frame must still be known in the next.
LONGEST_IDLE_S = 0.1

# The loop wakes a little early, so that a frame that is due is not missed by a hair.
_EARLY = 0.9

#: How long to wait for a frame before asking again whether one is needed, in seconds.
_WAIT_S = 0.5

#: After a failure, how long before the next try, in seconds.
RETRY_S = 0.2


class Perceiver(Protocol):
    """What the loop needs of `overlay.perception.Perception`."""

    def perceive(self, frame: Frame) -> Scene:
        """Find and read the faces in a frame."""

    def find(self, image: Image) -> Sequence[Detection]:
        """Find the faces in a picture that is not one of the frames, without reading them."""

    def reset(self) -> None:
        """Forget all tracks."""

    def personalize(self, personal: Personal | None) -> None:
        """Adapt readings to one person, or with None to nobody."""

    def forget_resting(self) -> None:
        """Learn all resting faces again."""

    def close(self) -> None:
        """Release the models."""


class PerceptionLoop(Loop):
    """Reads faces in the newest frame while somebody needs labels.

    Whatever goes wrong here leaves the video alone: there is no scene, the status says why, and
    the loop tries again.
    """

    room = "perception"

    def __init__(
        self,
        state: DesiredState,
        metrics: Metrics,
        frames: Following[Tagged[Frame]],
        scenes: LatestValue[Tagged[Scene]],
        cut_faces: CutFaces,
        observing: Observing,
        numbers: FaceNumbers,
        open_perception: Callable[[], Perceiver],
    ) -> None:
        super().__init__(state, metrics)
        self._frames = frames
        self._scenes = scenes
        self._cut_faces = cut_faces
        self._observing = observing
        self._numbers, self._count_from = numbers, 0
        self._open = open_perception
        self._perception: Perceiver | None = None
        self._personal: Personal | None = None
        self._resting_forgotten = 0
        self._view: Hashable = None

    def task(self, desired: Desired) -> Hashable:
        """The picture of one source, or nothing."""
        return desired.source_key if desired.needs_perception else None

    def _work(self) -> None:
        """Perceive until stopped."""
        while not (desired := self._state.value).stopping:
            if not desired.needs_perception:
                self._scenes.put(None)
                self._metrics.problems.clear("perception", at_once=True)
                self._cut_faces.forget()
                self._view = None  # what comes then is another picture
                self._state.wait_for(lambda d: d.needs_perception or d.stopping)
                self._frames.skip()
                continue
            self._task = self.task(desired)
            try:
                perception = self._ready_perception()
                frame = self._frames.wait(_WAIT_S)
                if frame is None:
                    continue
                began = time.monotonic()
                self._perceive(perception, frame)
                self._look_for_cut_faces(perception, frame.view_key)
            except Exception as error:
                self._fail(error)
                continue
            took = time.monotonic() - began
            idle_s = max(_EARLY * self._period_s() - took, min(took, LONGEST_IDLE_S))
            self._state.wait_for(lambda d: d.stopping, idle_s)
            # What came meanwhile is old; the next frame is read the moment it arrives.
            self._frames.skip()

    def _release(self) -> None:
        if self._perception is not None:
            perception, self._perception = self._perception, None
            self._close(perception)

    def _ready_perception(self) -> Perceiver:
        if self._perception is None:
            with self._calling(_("no labels: the part that reads faces"), slow=True):
                self._perception = self._open()
            self._count_from = self._numbers.last
            self._frames.skip()  # opening takes seconds
        return self._perception

    def _perceive(self, perception: Perceiver, frame: Tagged[Frame]) -> None:
        with self._calling(_("no labels: the part that reads faces")):
            if self._view != frame.view_key:
                self._view = frame.view_key
                perception.reset()
            personal = self._observing.personal
            if personal is not self._personal:
                perception.personalize(personal)
                self._personal = personal
            self._forget_resting(perception)
            scene = perception.perceive(frame.value)
        check_scene(scene, frame.value)
        scene = counted_from(scene, self._count_from)
        if not self._is_wanted(scene, frame.view_key):
            return
        self._metrics.problems.clear("perception")
        self._metrics.count_scene(scene)
        self._hide_newcomers(scene)
        self._scenes.put(Tagged(scene, frame.view_key))

    def _hide_newcomers(self, scene: Scene) -> None:
        """Take labels off those who may be somebody whom the user has hidden."""
        newcomers = self._numbers.newcomers(scene)
        with self._state.condition:
            hidden = self._state.value.hidden_faces
            if (now := hidden_now(hidden, scene, newcomers)) != hidden:
                self._state.update(hidden_faces=now)

    def _forget_resting(self, perception: Perceiver) -> None:
        """Do so if that was asked for since the last frame."""
        asked = self._state.value.resting_forgotten
        if asked != self._resting_forgotten:
            perception.forget_resting()
            self._resting_forgotten = asked

    def _look_for_cut_faces(self, perception: Perceiver, view_key: Hashable) -> None:
        def find(image: Image) -> list[KeyPoints]:
            with self._calling(_("no labels: the part that reads faces")):
                return [face.keypoints for face in perception.find(image)]

        self._cut_faces.look(find, view_key)

    def _is_wanted(self, scene: Scene, view_key: Hashable) -> bool:
        """Whether a scene is one of the picture that is desired now."""
        now = self._state.value
        same = now.needs_perception and now.view_key == view_key
        return same and (scene.width, scene.height) == now.settings.size

    def _period_s(self) -> float:
        desired = self._state.value
        hz = desired.settings.perception_hz
        return 1 / (max(hz, OBSERVED_HZ) if desired.is_observed else hz)

    def _fail(self, error: Exception) -> None:
        self._scenes.put(None)
        message = _("no labels: {reason}").format(reason=str(error) or type(error).__name__)
        self._metrics.problems.report("perception", message, error)
        self._state.wait_for(lambda d: d.stopping, RETRY_S)
