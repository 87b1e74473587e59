"""The private window, in a process of its own so that it cannot touch the call."""

from __future__ import annotations

import logging
import time
from multiprocessing.shared_memory import SharedMemory

from overlay.errors import OutputError
from overlay.gui.frames import FrameBuffer
from overlay.gui.process import NO_QT, make_preview, start_window
from overlay.host.display import has_display
from overlay.host.libraries import QT_FIX
from overlay.language import LazyText
from overlay.outputs.base import Output
from overlay.scene import Image

_log = logging.getLogger(__name__)

_OPENING_S = 20.0


class PreviewWindow(Output):
    """Shows the newest frame in a window that only this user sees.

    If this process is the running application, the window also controls it, over the control
    channel. Frames pass through shared memory that holds three of them: nothing queues, and a slow
    window only misses frames. When the user closes the window, or its process dies, `closed`
    turns true and `send` has no effect.
    """

    def __init__(
        self, size: tuple[int, int], *, title: str = "Emotion Overlay", on_top: bool = False
    ) -> None:
        """Open the window and wait until it is there.

        Args:
            size: Width and height of the frames, in pixels; the user may resize the window.
            title: What its title bar says.
            on_top: Whether it stays above other windows.

        Raises:
            OutputError: There is no display, or no window could be opened on it.
        """
        if not has_display():
            raise OutputError(
                LazyText(
                    "no display for a window (DISPLAY is not set): use the output 'virtual', "
                    "'none' or a file"
                )
            )
        self.name = "window"
        self.size = size
        try:
            self._memory = SharedMemory(create=True, size=FrameBuffer.bytes_for(size))
        except OSError as error:
            raise OutputError(
                LazyText("no shared memory for a window: {reason}", reason=error.strerror)
            ) from error
        self._buffer = FrameBuffer(self._memory, size)
        self._process = start_window(make_preview, self._memory.name, size, title, on_top)
        self._open = True
        self._wait_until_shown()

    @property
    def closed(self) -> bool:
        """Whether the user closed the window, its process died, or `close` was called."""
        return not self._open or not self._process.is_alive()

    @property
    def view(self) -> tuple[int, int] | None:
        """In which size the window shows frames now; None if it is not seen."""
        return self._buffer.view if self._open else None

    @property
    def pixel_ratio(self) -> float:
        """The screen's own pixels in one pixel of the desktop."""
        return self._buffer.pixel_ratio if self._open else 1.0

    def send(self, image: Image) -> None:
        """Show one frame, of the size of `view` or the output's; nobody sees it when `closed`."""
        if self._open:
            self._buffer.put(image)

    def describe(self, text: str) -> None:
        """Show a line after the title, in at most 192 bytes; nobody sees it when `closed`."""
        if self._open:
            self._buffer.put_text(text)

    def close(self) -> None:
        """Close the window and free the memory; safe to call twice."""
        if not self._open:
            return
        self._open = False
        if (code := self._process.exitcode) not in (None, 0, NO_QT):
            _log.error("the window's process ended by itself (exit code %s)", code)
        self._process.kill()
        self._process.join()
        self._buffer.release()
        self._memory.close()
        self._memory.unlink()

    def _wait_until_shown(self) -> None:
        deadline = time.monotonic() + _OPENING_S
        while not self._buffer.is_shown:
            if self.closed or time.monotonic() > deadline:
                without_qt = self._process.exitcode == NO_QT
                self.close()
                raise OutputError(
                    LazyText("windows need Qt, which is missing: {qt_fix}", qt_fix=QT_FIX)
                    if without_qt
                    else LazyText(
                        "no window could be opened on this display: use the output "
                        "'virtual', 'none' or a file"
                    )
                )
            time.sleep(0.01)
