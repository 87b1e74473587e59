"""The machine that is checked: everything the checks look at that is not ours."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overlay.host.programs import output_of

if TYPE_CHECKING:
    from overlay.sources import CameraInfo


@dataclass(frozen=True)
class Machine:
    """This computer, or one invented by a test.

    Attributes:
        system: As in `sys.platform`.
        root: The folder that contains `dev`, `sys`, `proc`, `lib` and `Applications`.
    """

    system: str = sys.platform
    root: Path = Path("/")

    def cameras(self) -> list[CameraInfo]:
        """All cameras, including virtual ones."""
        from overlay.sources import list_cameras

        return list_cameras(self.root)

    def output_of(self, *command: str) -> str | None:
        """What a command prints, or None if it is missing, fails or hangs."""
        return output_of(*command)
