"""A mouse for a Wayland compositor, which tests move.

Speaks the wire format (https://wayland.freedesktop.org/docs/html/ch04.html) for the one protocol
https://wayland.app/protocols/wlr-virtual-pointer-unstable-v1, which Debian has no program for.
"""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path

_MANAGER = b"zwlr_virtual_pointer_manager_v1"

# The numbers by which we call what we talk to; the display's is given.
_DISPLAY, _REGISTRY, _SYNCED, _MANAGER_ID, _POINTER = range(1, 6)

#: As in linux/input-event-codes.h, by the numbers of X11.
_BUTTONS = {1: 0x110, 3: 0x111}


class WaylandPointer:
    """A mouse; it is there until it is closed.

    Args:
        display: The compositor's socket.
        size: The screen, in pixels.
    """

    def __init__(self, display: Path, size: tuple[int, int]) -> None:
        self._size = size
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(display))
        self._send(_DISPLAY, 1, struct.pack("=I", _REGISTRY))
        self._send(_DISPLAY, 0, struct.pack("=I", _SYNCED))
        number = self._find_manager()
        name = struct.pack("=II", number, len(_MANAGER) + 1) + _MANAGER + b"\0"
        name += bytes(-len(name) % 4)
        self._send(_REGISTRY, 0, name + struct.pack("=II", 1, _MANAGER_ID))
        self._send(_MANAGER_ID, 0, struct.pack("=II", 0, _POINTER))

    def click(self, place: tuple[int, int], button: int) -> None:
        """Move there and click: 1 is the left button, 3 the right one."""
        self.move(place)
        for state in (1, 0):
            time.sleep(0.1)
            self._send(_POINTER, 2, struct.pack("=III", _now(), _BUTTONS[button], state))
            self._send(_POINTER, 4)

    def move(self, place: tuple[int, int]) -> None:
        """Move there, in pixels."""
        self._send(_POINTER, 1, struct.pack("=IIIII", _now(), *place, *self._size))
        self._send(_POINTER, 4)

    def close(self) -> None:
        """Take the mouse away."""
        self._socket.close()

    def _find_manager(self) -> int:
        """The number under which the compositor offers what makes mice."""
        found = 0
        while True:
            sender, size_and_event = struct.unpack("=II", self._receive(8))
            body = self._receive((size_and_event >> 16) - 8)
            if sender == _REGISTRY and _MANAGER in body:
                (found,) = struct.unpack_from("=I", body)
            if sender == _SYNCED:
                assert found, "this compositor has no virtual mice"
                return found

    def _receive(self, size: int) -> bytes:
        received = self._socket.recv(size, socket.MSG_WAITALL)
        assert len(received) == size, "the compositor has ended"
        return received

    def _send(self, target: int, request: int, body: bytes = b"") -> None:
        self._socket.sendall(struct.pack("=II", target, (8 + len(body)) << 16 | request) + body)


def _now() -> int:
    return int(time.monotonic() * 1000) & 0xFFFFFFFF
