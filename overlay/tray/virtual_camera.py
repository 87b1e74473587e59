"""The virtual camera as the first start shows it: whether it is there, and setting it up."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from overlay.host.resources import virtual_camera_script
from overlay.language import _

_log = logging.getLogger(__name__)

#: Sets it up on Linux.
_SCRIPT = virtual_camera_script()

#: What calls list it as.
_NAME = "Emotion Overlay" if sys.platform == "linux" else "OBS Virtual Camera"


class VirtualCameraSetUp:
    """Looks for a virtual camera and sets one up; while it does, it does nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {"state": "looking"}

    def describe(self) -> dict[str, Any]:
        """What is known of it, in types that JSON knows.

        `state` is `looking`, `ready`, `missing` or `installing`; where it is missing, `message` and
        `fix` say why and what to do, and `can_install` whether `install` can do it.
        """
        return {"virtual_camera": {"name": _NAME, "can_install": _can_install(), **self._state}}

    def look(self) -> None:
        """See whether it is there."""
        self._alone(self._look)

    def install(self) -> None:
        """Set it up, which asks for an administrator's password."""
        if _can_install():
            self._alone(self._install)

    def _alone(self, work: Callable[[], None]) -> None:
        if self._lock.acquire(blocking=False):
            try:
                work()
            finally:
                self._lock.release()

    def _look(self) -> None:
        from overlay.doctor import Machine
        from overlay.doctor.virtual_camera import check_virtual_camera

        finding = check_virtual_camera(Machine())
        if finding.state == "problem":
            known = {"state": "missing", "message": f"{finding.message}.", "fix": finding.fix}
        else:
            known = {"state": "ready"}
        self._state = known

    def _install(self) -> None:
        self._state = {"state": "installing"}
        done = subprocess.run(
            ["pkexec", "/bin/sh", str(_SCRIPT), "--yes"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        )  # fmt: skip
        self._look()
        if done.returncode and self._state["state"] == "missing":
            said = (done.stderr.strip().splitlines() or [_("it was not allowed")])[-1]
            _log.warning("the virtual camera was not set up: %s", said)
            self._state = {
                **self._state,
                "message": _("The virtual camera was not set up: {reason}").format(reason=said),
            }


def _can_install() -> bool:
    return sys.platform == "linux" and _SCRIPT.exists() and shutil.which("pkexec") is not None
