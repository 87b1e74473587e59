"""Frames to a virtual camera, which video calls list among their webcams."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from overlay.errors import OutputError
from overlay.language import N_, LazyText, _
from overlay.outputs import reopening, v4l2loopback
from overlay.outputs.base import Output
from overlay.outputs.v4l2loopback import CAMERA_LABEL
from overlay.scene import Image

_log = logging.getLogger(__name__)

_FIX = {
    "darwin": N_(
        "Get it: install OBS 30 or newer (obsproject.com), start its virtual camera once, "
        "and approve the system extension."
    ),
    "win32": N_("Get it: install OBS Studio (obsproject.com); its virtual camera comes with it."),
}


class VirtualCamera(Output):
    """A virtual camera of pyvirtualcam: v4l2loopback, OBS, Unity Capture, or a registered one.

    See https://letmaik.github.io/pyvirtualcam for the backends.
    """

    def __init__(
        self,
        size: tuple[int, int],
        fps: float,
        *,
        device: str | None = None,
        backend: str | None = None,
    ) -> None:
        """Open the camera.

        Args:
            size: Width and height of the frames in pixels; both even, as its YUV formats need.
            fps: Frames per second that it announces.
            device: A device node or a camera's name; if not given, the camera with our own label
                if there is one, or else the first free one.
            backend: Name of a pyvirtualcam backend; if not given, the first one that works.

        Raises:
            OutputError: It cannot be opened; at most two lines that say what is missing and how
                to get it.
        """
        if size[0] % 2 or size[1] % 2:
            raise OutputError(
                LazyText(
                    "a virtual camera needs even width and height, not {width}x{height}",
                    width=size[0],
                    height=size[1],
                )
            )
        self._camera = _open(size, fps, device, backend)
        self._device = str(self._camera.device)
        self.name = _("virtual camera {name}").format(name=self._device)
        self.size = size

    def send(self, image: Image) -> None:
        """Send one frame; never waits until the next one is due.

        Raises:
            OutputError: The camera no longer takes frames.
        """
        try:
            self._camera.send(image)
        except Exception as error:  # each backend raises its own
            raise OutputError(
                LazyText(
                    "{name} no longer accepts pictures ({reason})",
                    name=self.name,
                    reason=_one_line(error),
                )
            ) from error

    @property
    def node(self) -> str | None:
        """Its node, if it is a v4l2loopback device."""
        return self._device if self._device.startswith("/dev/") else None

    @property
    def in_use(self) -> bool | None:
        """Whether another program has it, or any other v4l2loopback device, open."""
        if self.node is None:
            return None
        others = v4l2loopback.opened_by_others()
        return None if others is None else others > 0

    def close(self) -> None:
        """Release the camera; safe to call twice."""
        self._camera.close()


def _open(size: tuple[int, int], fps: float, device: str | None, backend: str | None) -> Any:
    try:
        import pyvirtualcam
        from pyvirtualcam.camera import BACKENDS
    except ImportError as error:  # its native part links to system libraries on Linux and macOS
        raise OutputError(
            LazyText("pyvirtualcam cannot be loaded: {error}", error=_one_line(error))
        ) from error
    if backend is not None and backend not in BACKENDS:
        raise OutputError(
            LazyText(
                "no virtual camera backend '{backend}': there are {names}",
                backend=backend,
                names=", ".join(BACKENDS),
            )
        )
    loopback = sys.platform == "linux" and backend in (None, "v4l2loopback")
    if loopback:
        device = _node_labelled(device or CAMERA_LABEL) or device

    def open_camera() -> Any:
        return pyvirtualcam.Camera(
            *size, fps, fmt=pyvirtualcam.PixelFormat.BGR, device=device, backend=backend
        )

    try:
        return open_camera()
    except Exception as error:  # RuntimeError with each backend's reason, or the backend's own
        if loopback and _unblock(device):
            try:
                return open_camera()
            except Exception:
                _log.info("it cannot be opened after it was freed either", exc_info=True)
        raise OutputError(_diagnose(error, device, backend)) from error


def _unblock(device: str | None) -> bool:
    """Free a device that v4l2loopback 0.12 has blocked, and say whether that worked."""
    node = os.path.realpath(device) if device else None
    nodes = [each for each in v4l2loopback.loopback_nodes() if node in (None, each)]
    return any(reopening.is_needed(node) and reopening.unblock(node) for node in nodes)


def _diagnose(error: Exception, device: str | None, backend: str | None) -> LazyText:
    if backend not in (None, "v4l2loopback", "obs", "unitycapture"):
        return LazyText(
            "virtual camera '{backend}' cannot be opened: {reason}",
            backend=backend,
            reason=_one_line(error),
        )
    if sys.platform not in _FIX:
        return _diagnose_linux(device)
    return LazyText(
        "No virtual camera: {problem}. {fix}",
        problem=_one_line(error),
        fix=LazyText(_FIX[sys.platform]),
    )


def _diagnose_linux(device: str | None, root: Path = Path("/")) -> LazyText:
    """Name the missing step of the set-up; if there is none, another program is using it."""
    obstacle = v4l2loopback.find_obstacle(device, root)
    if obstacle is not None:
        return LazyText(
            "No virtual camera: {problem}. Run: {command}",
            problem=obstacle.problem,
            command=obstacle.fix,
        )
    camera = device or ", ".join(v4l2loopback.loopback_nodes(root))
    return LazyText(
        "The virtual camera {camera} is in use by another program. Close that program, or make a "
        "free one: {command}",
        camera=camera,
        command=v4l2loopback.RELOAD,
    )


def _node_labelled(label: str, root: Path = Path("/")) -> str | None:
    for node, name in v4l2loopback.loopback_nodes(root).items():
        if label.casefold() in name.casefold():
            return node
    return None


def _one_line(error: Exception) -> str:
    return "; ".join(str(error).split("\n")) or type(error).__name__
