"""The machine that is examined: everything the checks look at that is not our own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overlay.programs import output_of

if TYPE_CHECKING:
    from overlay.sources import CameraInfo


@dataclass(frozen=True)
class Machine:
    """This computer, or one that a test makes up.

    Attributes:
        system: As in `sys.platform`.
        root: Where `dev`, `sys`, `proc`, `lib` and `Applications` lie.
    """

    system: str = sys.platform
    root: Path = Path("/")

    def cameras(self) -> list[CameraInfo]:
        """The cameras there are, virtual ones included."""
        from overlay.sources import list_cameras

        return list_cameras(self.root)

    def output_of(self, *command: str) -> str | None:
        """What a command prints, or None if it is not there, fails or hangs."""
        return output_of(*command)
