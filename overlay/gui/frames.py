"""The memory through which the application hands frames to a window."""

from __future__ import annotations

import time
from multiprocessing.shared_memory import SharedMemory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_NUMBERS, _TEXT_BYTES = 16, 192
_HEADER_BYTES = 8 * _NUMBERS + _TEXT_BYTES

#: Where each number is in the header.
_SEQUENCE, _SHOWN, _DESCRIBED, _VIEW_WIDTH, _VIEW_HEIGHT, _PIXEL_RATIO, _SIZES = range(7)
_PUT_NS = _SIZES + 6

#: So many pictures are kept, so that the one that the window is just painting stays as it is.
_SLOTS = 3

#: Of a pixel in memory: blue, green, red, and one that makes four, as screens have them.
_PIXEL_BYTES = 4

#: A window may show pictures of up to so many pixels, or of the size of the frames.
_PIXELS = 1920 * 1080

#: The window rests between two looks for a picture, at least and at most so long, in seconds.
_SHORTEST_REST_S, _LONGEST_REST_S = 0.004, 0.1

#: Pictures that come less often than this count as coming so often, in seconds.
_LONGEST_PERIOD_S = 0.25

#: How much of a new period counts: pictures come a little sooner or later than they should.
_PERIOD_WEIGHT = 0.125

#: A preview smaller than this is not worth a picture, in pixels.
_SMALLEST_PX = 16


class FrameBuffer:
    """Some pictures, a line of text and some numbers in shared memory, between two processes.

    The application fills the slot that holds the oldest picture, then raises the sequence number:
    nothing queues, and a slow window only misses pictures. The window says in which size
    it shows them. Neither side trusts the other: what makes no sense counts as nothing.

    Attributes:
        size: Width and height of the application's frames, in pixels.
    """

    def __init__(self, memory: SharedMemory, size: tuple[int, int]) -> None:
        """Use a memory of `bytes_for(size)` bytes.

        Args:
            memory: The shared memory.
            size: Width and height of the application's frames, in pixels.
        """
        assert memory.buf is not None
        self.size = size
        self._memory = memory  # stays open as long as this is there
        self._numbers = memory.buf[: 8 * _NUMBERS].cast("q")
        self._text = memory.buf[8 * _NUMBERS : _HEADER_BYTES]
        slot = _PIXEL_BYTES * _capacity(size)
        self._slots = [
            memory.buf[start : start + slot]
            for start in range(_HEADER_BYTES, _HEADER_BYTES + _SLOTS * slot, slot)
        ]
        self._taken = self._read = 0
        self._pixels = memoryview(b"")
        self._taken_s = self._period_s = 0.0

    @staticmethod
    def bytes_for(size: tuple[int, int]) -> int:
        """How much memory frames of a size need."""
        return _HEADER_BYTES + _SLOTS * _PIXEL_BYTES * _capacity(size)

    def put(self, image: npt.NDArray[np.uint8]) -> None:
        """Make a copy of a picture the newest.

        Args:
            image: uint8 [height, width, 3], BGR, no larger than `view` has ever said.
        """
        import cv2  # not in the window's process, which imports neither
        import numpy as np

        sequence = self._numbers[_SEQUENCE] + 1
        slot = sequence % _SLOTS
        height, width = image.shape[:2]
        count = _PIXEL_BYTES * width * height
        pixels = np.frombuffer(self._slots[slot], np.uint8, count).reshape(height, width, -1)
        cv2.cvtColor(image, cv2.COLOR_BGR2BGRA, dst=pixels)
        self._numbers[_SIZES + 2 * slot] = width
        self._numbers[_SIZES + 2 * slot + 1] = height
        self._numbers[_PUT_NS] = time.perf_counter_ns()  # the same clock in all processes
        self._numbers[_SEQUENCE] = sequence

    def take(self) -> tuple[memoryview, int, int] | None:
        """The newest picture, or None if it has been taken before.

        Returns:
            Its pixels, four bytes each (blue, green, red, 255), its width and its height. They
            are not copied, and stay until two more pictures have been put.
        """
        sequence = self._numbers[_SEQUENCE]
        if sequence == self._taken:
            return None
        self._note_time(sequence)
        slot = sequence % _SLOTS
        width, height = self._numbers[_SIZES + 2 * slot], self._numbers[_SIZES + 2 * slot + 1]
        if not self._fits(width, height):
            return None
        self._pixels = self._slots[slot][: _PIXEL_BYTES * width * height]
        return self._pixels, width, height

    @property
    def rest_s(self) -> float:
        """How long to rest before the next look for a picture, in seconds.

        That is until the next one is due; one that is overdue is looked for less and less often.
        """
        due_s = self._taken_s + self._period_s - time.perf_counter()
        return min(max(abs(due_s), _SHORTEST_REST_S), _LONGEST_REST_S)

    def put_text(self, text: str) -> None:
        """Make this the text; what does not fit is cut off."""
        self._text[:] = text.encode()[:_TEXT_BYTES].ljust(_TEXT_BYTES, b"\0")
        self._numbers[_DESCRIBED] += 1

    def take_text(self) -> str | None:
        """The text, or None if it has been taken before."""
        number = self._numbers[_DESCRIBED]
        if number == self._read:
            return None
        self._read = number
        return bytes(self._text).rstrip(b"\0").decode(errors="ignore")

    def ask_for(self, width: int, height: int, pixel_ratio: float) -> None:
        """Say how large the window shows the picture.

        Args:
            width: Of the place for the picture, in the screen's own pixels; 0 if it is not seen.
            height: The same.
            pixel_ratio: The screen's own pixels in one pixel of the desktop.
        """
        scale = min(width / self.size[0], height / self.size[1])
        scale = min(scale, (_capacity(self.size) / (self.size[0] * self.size[1])) ** 0.5)
        self._numbers[_VIEW_WIDTH] = int(self.size[0] * scale)
        self._numbers[_VIEW_HEIGHT] = int(self.size[1] * scale)
        self._numbers[_PIXEL_RATIO] = round(100 * pixel_ratio)

    @property
    def view(self) -> tuple[int, int] | None:
        """In which size the window shows pictures, in pixels; None if nobody sees them."""
        width, height = self._numbers[_VIEW_WIDTH], self._numbers[_VIEW_HEIGHT]
        return (width, height) if self._fits(width, height) else None

    @property
    def pixel_ratio(self) -> float:
        """The screen's own pixels in one pixel of the desktop, 1 to 4."""
        return min(max(self._numbers[_PIXEL_RATIO] / 100, 1.0), 4.0)

    @property
    def is_shown(self) -> bool:
        """Whether the window has opened."""
        return bool(self._numbers[_SHOWN])

    def report_shown(self) -> None:
        """Say that the window has opened."""
        self._numbers[_SHOWN] = 1

    def release(self) -> None:
        """Let go of the memory, so that it can be closed."""
        for view in (self._numbers, self._text, self._pixels, *self._slots):
            view.release()

    def _note_time(self, sequence: int) -> None:
        """Learn from a new picture how often they come."""
        put_s = self._numbers[_PUT_NS] / 1e9
        period_s = (put_s - self._taken_s) / max(sequence - self._taken, 1)
        period_s = min(max(period_s, 0.0), _LONGEST_PERIOD_S)
        self._period_s += _PERIOD_WEIGHT * (period_s - self._period_s)
        self._taken, self._taken_s = sequence, put_s

    def _fits(self, width: int, height: int) -> bool:
        return min(width, height) >= _SMALLEST_PX and width * height <= _capacity(self.size)


def _capacity(size: tuple[int, int]) -> int:
    """The most pixels of a picture in the memory."""
    return max(size[0] * size[1], _PIXELS)
