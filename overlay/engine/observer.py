"""Who may watch while faces are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from overlay.drawing import Panel
from overlay.scene import Scene

if TYPE_CHECKING:
    from overlay.perception import Personal


class SceneSharer(Protocol):
    """Is shown every scene, in addition to the observer, to share some of it with a class."""

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived; called from one thread of the engine."""

    @property
    def sharing(self) -> str | None:
        """The class that something is shared with now, or None."""


class SceneObserver(Protocol):
    """Is shown every scene, as a recorder is.

    Its methods are called from one thread of the engine, its attributes from any. If one raises or
    does not return, `Status.problems` says so, and nothing else is disturbed.
    """

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived."""

    def set_paused(self, paused: bool) -> None:
        """Note that the picture is paused, so that no scenes come, or that it has resumed."""

    def mark(self, note: str = "", *, ago_s: float = 0.0) -> None:
        """Mark this moment, or the one some seconds ago; called from any thread.

        Raises:
            OverlayError: It cannot be marked.
        """

    def panel(self) -> Panel | None:
        """What the private window shows about it, in every mode."""

    @property
    def personal(self) -> Personal | None:
        """What adapts readings to the person it watches, or None."""

    @property
    def recording(self) -> str | None:
        """Whose expressions are being recorded now, or None."""

    @property
    def problem(self) -> str | None:
        """What keeps it from its work, in one line, or None."""
