"""The interface of every output."""

from __future__ import annotations

from abc import ABC, abstractmethod

from overlay.scene import Image


class Output(ABC):
    """Somewhere finished frames go, one after the other, from one thread.

    An output is open once constructed, for frames of one size; constructors raise `OutputError`.

    Attributes:
        name: What the user calls it, for example `virtual camera /dev/video4`.
        size: Width and height of the frames it takes, in pixels.
    """

    name: str
    size: tuple[int, int]

    @abstractmethod
    def send(self, image: Image) -> None:
        """Send one frame and return without waiting for the next frame's time.

        Args:
            image: uint8 [height, width, 3], BGR, of the output's size. It is not kept.

        Raises:
            OutputError: The output no longer takes frames.
        """

    def describe(self, text: str) -> None:  # noqa: B027  (most outputs have no place for it)
        """Show one line about the frames, such as mode and rate, where there is a place for it."""

    @property
    def closed(self) -> bool:
        """Whether it takes no more frames because its user is done with it."""
        return False

    @property
    def node(self) -> str | None:
        """The device node where others can open it, if there is one."""
        return None

    @property
    def in_use(self) -> bool | None:
        """Whether another program has it open; None where that cannot be known."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Finish the file or release the device; safe to call twice."""

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
