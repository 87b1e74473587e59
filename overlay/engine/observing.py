"""The observing loop: each new scene -> the scene observer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from overlay.drawing import Panel
from overlay.engine.desired import Desired, DesiredState
from overlay.engine.latest_value import LatestValue
from overlay.engine.loop import Loop
from overlay.engine.observer import SceneObserver
from overlay.engine.status import Metrics
from overlay.engine.tagged import Tagged
from overlay.language import N_, _
from overlay.scene import Scene

if TYPE_CHECKING:
    from overlay.perception import Personal

T = TypeVar("T")

#: How often the observer's state is looked at while no scenes come, in seconds.
_LOOK_S = 0.25


class Observing:
    """What the engine knows of the current observer; what that raises becomes a problem."""

    def __init__(self, state: DesiredState, metrics: Metrics) -> None:
        self._state = state
        self._metrics = metrics
        self._faults: dict[str, str] = {}
        self._panel: tuple[SceneObserver, Panel | None] | None = None

    @property
    def personal(self) -> Personal | None:
        """What adapts readings to the person it watches."""
        return self._ask(N_("the calibration is not used"), lambda observer: observer.personal)

    @property
    def recording(self) -> str | None:
        """Whose expressions are being recorded now."""
        return self._ask(N_("the student's name is not known"), lambda observer: observer.recording)

    @property
    def sharing(self) -> str | None:
        """What the class is called that the user shares something with now."""
        sharer = self._state.value.sharer
        return None if sharer is None else sharer.sharing

    @property
    def panel(self) -> Panel | None:
        """What the private window shows about it."""
        known = self._panel
        return known[1] if known is not None and known[0] is self._state.value.observer else None

    def begin(self) -> None:
        """Forget what was wrong with the observer before."""
        self._faults.clear()
        self._metrics.problems.clear("recording", at_once=True)

    def set_paused(self, paused: bool) -> bool:
        """Tell it that the picture is paused, or that it goes on; whether it has noted that."""
        otherwise = N_("the pause is not recorded")
        self._ask(otherwise, lambda observer: observer.set_paused(paused))
        return otherwise not in self._faults

    def observe(self, scene: Scene) -> None:
        """Show it a scene."""
        self._ask(N_("nothing is recorded"), lambda observer: observer.observe(scene))

    def share(self, scene: Scene) -> None:
        """Show a scene to who shares some of it with a class."""
        sharer = self._state.value.sharer
        if sharer is not None:
            sharer.observe(scene)

    def look(self) -> None:
        """See what its panel is now, and what is wrong with it."""
        observer = self._state.value.observer
        panel = self._ask(N_("its state is not shown"), lambda observer: observer.panel())
        self._panel = None if observer is None else (observer, panel)
        problem = self._ask(N_("its state is not known"), lambda observer: observer.problem)
        if self._faults:
            return
        if problem is None:
            self._metrics.problems.clear("recording")
        else:
            self._metrics.problems.report("recording", problem)

    def _ask(self, otherwise: str, ask: Callable[[SceneObserver], T]) -> T | None:
        """Ask the observer; where it raises, say what is not to be had, and answer None."""
        observer = self._state.value.observer
        if observer is None:
            return None
        try:
            answer = ask(observer)
        except Exception as error:
            self._faults[otherwise] = f"{_(otherwise)}: {type(error).__name__}: {error}"
            self._metrics.problems.report("recording", self._faults[otherwise], error)
            return None
        self._faults.pop(otherwise, None)
        return answer


class ObservingLoop(Loop):
    """Shows every scene to the observer, so that nothing else waits for it."""

    room = "recording"

    def __init__(
        self,
        state: DesiredState,
        metrics: Metrics,
        scenes: LatestValue[Tagged[Scene]],
        observing: Observing,
    ) -> None:
        super().__init__(state, metrics)
        self._scenes = scenes
        self._observing = observing
        self._observer: SceneObserver | None = None
        self._told_paused: bool | None = None
        self._seen = 0

    def task(self, desired: Desired) -> Hashable:
        """One observer."""
        return id(desired.observer)

    def _work(self) -> None:
        """Show scenes until stopped."""
        while not (desired := self._state.value).stopping:
            if desired.observer is not self._observer:
                self._take_up(desired.observer)
            if not desired.is_observed:
                self._state.wait_for(lambda d: d.is_observed or d.stopping)
                continue
            self._seen, scene = self._scenes.wait_next(self._seen, _LOOK_S)
            with self._calling(_("the recording")):
                self._tell(scene)

    def _take_up(self, observer: SceneObserver | None) -> None:
        """Begin with another observer, or with none; scenes from before are not for it."""
        self._observer, self._told_paused, self._task = observer, None, id(observer)
        self._seen, _ = self._scenes.wait(0, 0.0)
        self._observing.begin()

    def _tell(self, scene: Tagged[Scene] | None) -> None:
        """Tell the observer what is new."""
        paused = self._state.value.paused
        if paused != self._told_paused and self._observing.set_paused(paused):
            self._told_paused = paused
        if scene is not None:
            self._observing.observe(scene.value)
            self._observing.share(scene.value)
        self._check_abandoned()
        self._observing.look()

    def _release(self) -> None:
        """Nothing is held."""
