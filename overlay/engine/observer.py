"""What may look on while faces are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from overlay.drawing import Panel
from overlay.scene import Scene

if TYPE_CHECKING:
    from overlay.perception import Personal


class SceneSharer(Protocol):
    """Somebody who is shown every scene beside the observer, to share some of it with a class."""

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived; called from one thread of the engine."""

    @property
    def sharing(self) -> str | None:
        """What the class is called that something is shared with now, or None."""


class SceneObserver(Protocol):
    """Somebody who is shown every scene, as a recorder is.

    Its methods are called from one thread of the engine, its attributes from any. What they raise
    is shown in `Status.problems`, as is that one does not return, and disturbs nothing else.
    """

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived."""

    def set_paused(self, paused: bool) -> None:
        """Note that the picture is paused and no scenes come, or that it goes on."""

    def mark(self, note: str = "", *, ago_s: float = 0.0) -> None:
        """Mark this moment, or the one so many seconds ago; called from any thread.

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
