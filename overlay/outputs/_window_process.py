"""What runs in the preview window's own process, and the memory it shares with the application."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory

import cv2
import numpy as np

from overlay.scene import Image

_HEADER_BYTES = 256
_SEQUENCE, _SHOWN, _STOP, _DESCRIBED = range(4)
_TEXT_START, _TEXT_BYTES = 64, 192
_POLL_MS = 12
#: The window first opens no larger than this; the user may resize it.
_FIRST_WIDTH, _FIRST_HEIGHT = 960, 540


class FrameBuffer:
    """Two frames, a line of text and four flags in shared memory; one process writes, one reads.

    The writer fills the slot that is not the newest, then raises the sequence number.
    """

    def __init__(self, memory: SharedMemory, size: tuple[int, int]) -> None:
        self._flags = np.ndarray((4,), np.int64, memory.buf)
        self._text = np.ndarray((_TEXT_BYTES,), np.uint8, memory.buf, _TEXT_START)
        shape = (2, size[1], size[0], 3)
        self._slots = np.ndarray(shape, np.uint8, memory.buf, _HEADER_BYTES)
        self._taken = self._read = 0

    @staticmethod
    def bytes_for(size: tuple[int, int]) -> int:
        """How much memory frames of a size need."""
        return _HEADER_BYTES + 2 * 3 * size[0] * size[1]

    def put(self, image: Image) -> None:
        """Make a copy of this image the newest frame."""
        sequence = int(self._flags[_SEQUENCE]) + 1
        self._slots[sequence % 2] = image
        self._flags[_SEQUENCE] = sequence

    def take(self) -> Image | None:
        """A copy of the newest frame, or None if it has been taken before."""
        sequence = int(self._flags[_SEQUENCE])
        if sequence == self._taken:
            return None
        self._taken = sequence
        image: Image = self._slots[sequence % 2].copy()
        return image

    def put_text(self, text: str) -> None:
        """Make this the text; what does not fit is cut off."""
        content = np.frombuffer(text.encode()[:_TEXT_BYTES], np.uint8)
        self._text[:] = 0
        self._text[: len(content)] = content
        self._flags[_DESCRIBED] += 1

    def take_text(self) -> str | None:
        """The text, or None if it has been taken before."""
        number = int(self._flags[_DESCRIBED])
        if number == self._read:
            return None
        self._read = number
        content: bytes = self._text.tobytes()
        return content.rstrip(b"\0").decode(errors="ignore")

    @property
    def is_shown(self) -> bool:
        """Whether the window has opened."""
        return bool(self._flags[_SHOWN])

    def report_shown(self) -> None:
        """Say that the window has opened."""
        self._flags[_SHOWN] = 1

    @property
    def stop_requested(self) -> bool:
        """Whether the application wants the window closed."""
        return bool(self._flags[_STOP])

    def request_stop(self) -> None:
        """Ask the window to close."""
        self._flags[_STOP] = 1

    def release(self) -> None:
        """Let go of the memory, so that it can be closed."""
        del self._flags, self._slots, self._text


def show_frames(memory_name: str, size: tuple[int, int], title: str, on_top: bool) -> None:
    """Show the newest frame until the window or the application closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the application, which stops us
    _silence_qt()
    with contextlib.suppress(FileNotFoundError):  # the application is gone already
        memory = SharedMemory(memory_name)
        buffer = FrameBuffer(memory, size)
        try:
            _run_window(buffer, size, title, on_top)
        finally:
            buffer.release()
            memory.close()


def _silence_qt() -> None:
    if sys.platform == "linux":
        # OpenCV's wheels bring Qt for X11 only, without fonts, about which it would complain.
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ["QT_LOGGING_RULES"] = "*=false"


def _run_window(buffer: FrameBuffer, size: tuple[int, int], title: str, on_top: bool) -> None:
    with _silent_stderr():
        _open_window(title, size, on_top)
    buffer.report_shown()
    application = multiprocessing.parent_process()
    while not buffer.stop_requested and (application is None or application.is_alive()):
        image = buffer.take()
        if image is not None:
            cv2.imshow(title, image)
        if (text := buffer.take_text()) is not None:
            cv2.setWindowTitle(title, f"{title}: {text}")
        cv2.waitKey(_POLL_MS)
        if not _is_open(title):
            break
    cv2.destroyAllWindows()


def _is_open(title: str) -> bool:
    """Whether the user has not closed the window."""
    try:
        return cv2.getWindowProperty(title, cv2.WND_PROP_VISIBLE) >= 1
    except cv2.error:  # OpenCV 5.1 refuses to answer once the last window is closed
        return False


def _open_window(title: str, size: tuple[int, int], on_top: bool) -> None:
    cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    scale = min(1.0, _FIRST_WIDTH / size[0], _FIRST_HEIGHT / size[1])
    cv2.resizeWindow(title, max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    if on_top:
        cv2.setWindowProperty(title, cv2.WND_PROP_TOPMOST, 1)
    cv2.imshow(title, np.zeros((size[1], size[0], 3), np.uint8))
    cv2.waitKey(_POLL_MS)


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Without a usable display Qt explains itself at length and aborts; we say it in one line."""
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
