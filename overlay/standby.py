"""Notices whether anybody looks at the virtual camera, so that the webcam can rest if nobody does.

Only Linux tells: inotify reports whenever a program opens or closes the device node, and then the
output is asked whether any has it open. Programs that only look what cameras there are open it
for a moment; they do not count.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import sys
import threading
import time
from collections.abc import Callable

from overlay.outputs import Output

#: Who has the camera open for so long wants its pictures.
GLANCE_S = 0.5

#: So long after the last one has gone, nobody looks any more: calls close a camera to open it
#: again at once, for example at another size.
FAREWELL_S = 3.0

#: How often to look where no event says so, in seconds.
_LOOK_S = 1.0

# Linux: include/uapi/linux/inotify.h
_OPEN, _CLOSE = 0x20, 0x08 | 0x10
_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000


class Standby:
    """Watches the output's viewers in a thread of its own."""

    def __init__(
        self, output: Callable[[], Output | None], on_change: Callable[[bool], None]
    ) -> None:
        """Begin to watch.

        Args:
            output: The output that is open now.
            on_change: Is told when there is nobody any more, and when there is somebody again.
        """
        self._output = output
        self._on_change = on_change
        self._stopping = threading.Event()
        self._active = False
        self._changed_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="on-demand", daemon=True)
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether nobody looks."""
        return self._active

    def stop(self) -> None:
        """Watch no longer; the webcam does not rest then."""
        self._stopping.set()
        if self._thread is not threading.current_thread():
            self._thread.join(_LOOK_S + 1)
        self._settle(False)

    def _run(self) -> None:
        while not self._stopping.is_set():
            output = self._output()
            with contextlib.closing(_Openings(output.node if output else None)) as openings:
                while not self._stopping.is_set() and self._output() is output:
                    openings.wait(_LOOK_S if self._look(output) else GLANCE_S / 3)

    def _look(self, output: Output | None) -> bool:
        """Believe what is seen once it has been so for long enough; returns whether it is."""
        unused = output is not None and output.in_use is False
        if unused == self._active:
            self._changed_at = None
            return True
        now = time.monotonic()
        self._changed_at = now if self._changed_at is None else self._changed_at
        if now - self._changed_at < (FAREWELL_S if unused else GLANCE_S):
            return False
        self._changed_at = None
        self._settle(unused)
        return True

    def _settle(self, active: bool) -> None:
        if active != self._active:
            self._active = active
            self._on_change(active)


class _Openings:
    """Waits until somebody opens or closes a file."""

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
