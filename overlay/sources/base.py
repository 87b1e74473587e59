"""The interface of every frame source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from overlay.scene import Frame


class Source(ABC):
    """Delivers frames, one after another; used from one thread.

    A source is open once constructed; constructors raise `SourceError`.

    Attributes:
        name: Its name for the user, for example `webcam 0 (Logitech C920)` or `lesson.mp4`.
        live: Whether frames arrive in real time, stamped with `time.monotonic()`.
        size: Width and height of the frames, in pixels.
        fps: Nominal frames per second, above 0.
    """

    name: str
    live: bool = False
    size: tuple[int, int]
    fps: float

    @abstractmethod
    def read(self) -> Frame | None:
        """Wait for the next frame and return it, or None at the end.

        Raises:
            SourceLostError: A live source stopped delivering.
            SourceError: The rest of the source cannot be read.
        """

    @property
    def warnings(self) -> list[str]:
        """What the user should know about what was read so far, one line each."""
        return []

    @abstractmethod
    def close(self) -> None:
        """Release the device or file; safe to call twice."""

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            yield frame

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
