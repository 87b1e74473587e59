"""The interface of every output."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from overlay.scene import Image


class Output(ABC):
    """Takes finished frames, one after another; used from one thread.

    An output is open once constructed, for frames of one size; constructors raise `OutputError`.

    Attributes:
        name: Its name for the user, for example `virtual camera /dev/video4`.
        size: Width and height of the frames it takes, in pixels.
    """

    name: str
    size: tuple[int, int]

    @abstractmethod
    def send(self, image: Image) -> None:
        """Send one frame and return at once, without waiting until the next one is due.

        Args:
            image: uint8 [height, width, 3], BGR, of the output's size. The array is not kept.

        Raises:
            OutputError: The output no longer takes frames.
        """

    @property
    def view(self) -> tuple[int, int] | None:
        """Width and height in pixels in which frames are seen; None if nobody sees them.

        A frame may be sent in this size instead of the output's.
        """
        return self.size

    @property
    def pixel_ratio(self) -> float:
        """The screen's own pixels in one pixel of the desktop, where frames are seen on one."""
        return 1.0

    def describe(self, text: str) -> None:  # noqa: B027  (most outputs have no place for it)
        """Show one line about the frames, such as mode and rate, if there is a place for it."""

    @property
    def closed(self) -> bool:
        """Whether the user has closed it, so that it takes no more frames."""
        return False

    @property
    def node(self) -> str | None:
        """The device node at which other programs can open it, if there is one."""
        return None

    @property
    def in_use(self) -> bool | None:
        """Whether another program has it open; None if that is unknown."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Finish the file or release the device; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
