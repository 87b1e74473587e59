"""How the loops call the scene observer: what it raises becomes a problem in the status."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from overlay.drawing import Panel
from overlay.engine.desired import DesiredState
from overlay.engine.observer import SceneObserver
from overlay.engine.status import Metrics
from overlay.scene import Scene

if TYPE_CHECKING:
    from overlay.perception import Personal

T = TypeVar("T")


class Observing:
    """Calls the current observer, if there is one, and never raises."""

    def __init__(self, state: DesiredState, metrics: Metrics) -> None:
        self._state = state
        self._metrics = metrics
        self._faults: dict[str, str] = {}

    def begin(self, paused: bool) -> None:
        """Forget what was wrong with the observer before, and tell the new one if it is paused."""
        self._faults.clear()
        self._metrics.set_problem("recording", None)
        self.set_paused(paused)

    def set_paused(self, paused: bool) -> None:
        """Tell it that the picture is paused, or that it goes on."""
        self._ask("pauses are not noted", lambda observer: observer.set_paused(paused))

    def observe(self, scene: Scene) -> None:
        """Show it a scene, and see what is wrong with it now."""
        self._ask("nothing kept", lambda observer: observer.observe(scene))
        problem = self._ask("its state is not known", lambda observer: observer.problem)
        self._metrics.set_problem("recording", next(iter(list(self._faults.values())), problem))

    def panel(self) -> Panel | None:
        """What the private window shows about it."""
        return self._ask("no panel", lambda observer: observer.panel())

    @property
    def personal(self) -> Personal | None:
        """What adapts readings to the person it watches."""
        return self._ask("nothing personal", lambda observer: observer.personal)

    @property
    def recording(self) -> str | None:
        """Whose expressions are being recorded now."""
        return self._ask("its name is not known", lambda observer: observer.recording)

    def _ask(self, otherwise: str, ask: Callable[[SceneObserver], T]) -> T | None:
        """Ask the observer; where it raises, say what is not to be had, and answer None."""
        observer = self._state.value.observer
        if observer is None:
            return None
        try:
            answer = ask(observer)
        except Exception as error:
            self._faults[otherwise] = f"{otherwise}: {type(error).__name__}: {error}"
            self._metrics.set_problem("recording", self._faults[otherwise], error)
            return None
        self._faults.pop(otherwise, None)
        return answer
