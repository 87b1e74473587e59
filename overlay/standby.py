"""Standby: the webcam is off while no program uses the virtual camera.

Only Linux tells who uses it: inotify reports whenever a program opens or closes the device node,
and then the output is asked whether any has it open. Programs that list the cameras open each for
a moment, and calls close a camera to open it again, for example at another size; neither counts.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import select
import sys
import threading
import time
from collections.abc import Callable

from overlay.outputs import Output

_log = logging.getLogger(__name__)

#: A program that has the camera open for so long uses it, in seconds.
USED_AFTER_S = 0.5

#: So long after the last program has closed it, the camera is unused, in seconds.
UNUSED_AFTER_S = 3.0

#: How often to ask where no event says so, in seconds.
_POLL_S = 1.0

# Linux: include/uapi/linux/inotify.h
_OPEN, _CLOSE = 0x20, 0x08 | 0x10
_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000


class Standby:
    """Follows, in a thread of its own, whether any program uses the output."""

    def __init__(
        self, output: Callable[[], Output | None], on_change: Callable[[bool], None]
    ) -> None:
        """Begin; the output counts as used until it is known not to be.

        Args:
            output: Gives the output that is open now, or None.
            on_change: Called with True when the output is unused, with False when it is used
                again, from any thread.
        """
        self._output = output
        self._on_change = on_change
        self._stopping = threading.Event()
        self._unused = self._in_call = False
        self._differs_since: float | None = None
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="standby", daemon=True)
        self._thread.start()

    @property
    def unused(self) -> bool:
        """Whether no program uses the output."""
        return self._unused

    @property
    def in_call(self) -> bool:
        """Whether a program uses the output that has begun to while it was followed."""
        return self._in_call

    def stop(self) -> None:
        """Follow it no longer; from now on the output counts as used."""
        self._stopping.set()
        if self._thread is not threading.current_thread():
            self._thread.join(_POLL_S + 1)
        self._in_call = False
        if self._unused:
            self._unused = False
            self._on_change(False)

    def _run(self) -> None:
        while not self._stopping.is_set():
            output = self._output()
            with contextlib.closing(_Openings(output.node if output else None)) as openings:
                while not self._stopping.is_set() and self._output() is output:
                    openings.wait(_POLL_S if self._look(output) else USED_AFTER_S / 3)

    def _look(self, output: Output | None) -> bool:
        """Believe an answer once it has been the same for long enough; whether it is believed."""
        unused = self._is_unused(output)
        if unused == self._unused:
            self._differs_since = None
            return True
        now = time.monotonic()
        self._differs_since = now if self._differs_since is None else self._differs_since
        if now - self._differs_since < (UNUSED_AFTER_S if unused else USED_AFTER_S):
            return False
        self._differs_since = None
        self._settle(unused)
        return True

    def _is_unused(self, output: Output | None) -> bool:
        """What the output says; one that cannot say counts as used, so that the webcam is on."""
        try:
            unused = output is not None and output.in_use is False
        except Exception:
            if not self._failed:
                _log.exception("whether the output is used is not known")
            self._failed = True
            return False
        self._failed = False
        return unused

    def _settle(self, unused: bool) -> None:
        self._unused, self._in_call = unused, not unused
        self._on_change(unused)


class _Openings:
    """Waits until a program opens or closes a file."""

    def __init__(self, path: str | None) -> None:
        self._descriptor = -1
        if path is None or sys.platform != "linux":
            return
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(_NONBLOCK_CLOEXEC)
        if self._descriptor >= 0:
            libc.inotify_add_watch(self._descriptor, os.fsencode(path), _OPEN | _CLOSE)

    def wait(self, seconds: float) -> None:
        """Wait for an opening or closing, but no longer than this."""
        if self._descriptor < 0:
            time.sleep(seconds)
        elif select.select([self._descriptor], [], [], seconds)[0]:
            os.read(self._descriptor, 1 << 16)

    def close(self) -> None:
        """Wait no longer."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
