"""The cameras that the menu offers."""

from __future__ import annotations

from collections.abc import Callable

from overlay.sources import CameraInfo, camera_nodes, list_cameras


class Cameras:
    """The cameras there are, listed anew when on Linux one comes or goes.

    Elsewhere looking costs a process, so there they are listed when the icon appears and when
    the user says so.

    Args:
        changed: Called from any thread when `refresh` is due at once.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.known: list[CameraInfo] = []
        self._changed = changed
        self._nodes: list[str] | None = None

    def refresh(self) -> None:
        """List them if there may be others than before."""
        nodes = camera_nodes()
        if nodes != self._nodes:
            self._nodes = nodes
            self.known = list_cameras()

    def forget(self) -> None:
        """Have the next `refresh` list them."""
        self._nodes = None
        self._changed()
