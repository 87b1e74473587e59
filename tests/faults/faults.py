"""What can go wrong in a room, and where the devices of a trial meet it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

#: The kinds of fault in each room, as `what:where`.
KINDS: dict[str, tuple[str, ...]] = {
    "source": (
        *("error:open", "error:read", "error:close", "hang:open", "hang:read", "hang:close"),
        *("slow:open", "slow:read", "garbage:read", "size:read"),
    ),
    "perception": (
        *("error:open", "error:perceive", "hang:open", "hang:perceive", "slow:perceive"),
        *("garbage:perceive", "size:perceive", "error:close", "hang:close"),
    ),
    "output": (
        *("error:open", "error:send", "error:close", "hang:open", "hang:send", "hang:close"),
        *("slow:open", "slow:send", "slow:hand-over", "half:send"),
    ),
    "window": (
        *("error:open", "error:send", "error:close", "hang:open", "hang:send", "hang:close"),
        *("slow:open", "slow:send", "half:send", "gone:send"),
    ),
    "recording": (
        *("error:observe", "error:panel", "error:problem", "hang:observe", "hang:panel"),
        *("slow:observe", "error:set_paused", "hang:set_paused"),
    ),
    "drawing": ("error:paint", "slow:paint"),
    "disk": ("error:append", "slow:append", "half:append"),
}

#: How long what is slow takes, in seconds.
SLOW_S = 0.02


class Accident(Exception):  # noqa: N818  (what drivers raise is not ours)
    """What a driver raises."""


@dataclass
class Fault:
    """One thing that is wrong.

    Attributes:
        room: Where.
        kind: What, as in `KINDS`.
        met: Set when a device has met it.
        owner: Which device hangs: the first one that met it. Another one works.
        over: Set when it is over.
    """

    room: str
    kind: str
    met: threading.Event = field(default_factory=threading.Event)
    owner: Any = None
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def what(self) -> str:
        """`error`, `hang`, `slow`, ..."""
        return self.kind.partition(":")[0]

    @property
    def where(self) -> str:
        """`open`, `read`, `send`, ..."""
        return self.kind.partition(":")[2]


class Faults:
    """What is wrong now; the trial says so, and the devices ask."""

    def __init__(self) -> None:
        self._active: dict[str, Fault] = {}

    def active(self) -> list[Fault]:
        """All that is wrong now."""
        return list(self._active.values())

    def in_room(self, room: str) -> Fault | None:
        """What is wrong in a room now."""
        return self._active.get(room)

    def begin(self, room: str, kind: str) -> None:
        """Have something go wrong, in place of what was wrong in that room."""
        self.end(room)
        self._active[room] = Fault(room, kind)

    def end(self, room: str) -> None:
        """Mend a room."""
        if (fault := self._active.pop(room, None)) is not None:
            fault.over.set()

    def meet(self, room: str, where: str, owner: Any = None) -> str:
        """Have a device run into what is wrong, if anything is: it raises, hangs or is slow.

        Args:
            room: Where.
            where: In which call.
            owner: Which device it is.

        Returns:
            What is wrong beside that, for the device to do; empty if nothing is.
        """
        fault = self._active.get(room)
        if fault is None or fault.where != where:
            return ""
        if fault.what == "hang" and fault.met.is_set() and fault.owner != owner:
            return ""
        fault.owner = owner
        fault.met.set()
        if fault.what == "error":
            raise Accident(f"{fault.kind} of {room}")
        if fault.what == "hang":
            fault.over.wait(120)
            return ""
        if fault.what == "slow":
            time.sleep(SLOW_S)
            return ""
        return fault.what
