"""The cameras that the menu offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overlay.language import _
from overlay.sources import CameraInfo, camera_nodes, list_cameras


class Cameras:
    """The cameras of this machine; on Linux, the list follows those that come and go.

    Elsewhere listing them takes a process, so it is done when the icon appears and when the user
    asks for it.

    Args:
        changed: Called from any thread when `refresh` is due at once.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.known: list[CameraInfo] = []
        self._changed = changed
        self._nodes: list[str] | None = None

    @property
    def sources(self) -> list[tuple[str, str]]:
        """What can be chosen as source: the setting, and its text."""
        usable = [(camera.spec, camera.description) for camera in self.known if camera.usable]
        return [("auto", _("Automatic")), *usable, ("demo", _("Demo"))]

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """What can be chosen as output: the setting, and its text."""
        virtual = [(_output(camera), camera.name) for camera in self.known if camera.virtual]
        return [("auto", _("Automatic")), *virtual, ("none", _("None"))]

    def describe(self) -> dict[str, Any]:
        """The same for a window, in types that JSON knows."""
        return {"choices": {"source": self.sources, "output": self.outputs}}

    def refresh(self) -> None:
        """List them again if cameras may have come or gone."""
        nodes = camera_nodes()
        if nodes != self._nodes:
            self._nodes = nodes
            self.known = list_cameras()

    def forget(self) -> None:
        """Have the next `refresh` list them in any case."""
        self._nodes = None
        self._changed()


def _output(camera: CameraInfo) -> str:
    """The setting for a virtual camera: its device node on Linux, its name elsewhere."""
    return f"virtual:{camera.path if camera.path.startswith('/dev/') else camera.name}"
