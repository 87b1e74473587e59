"""Which processes use a video device on Linux."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from overlay.language import _
from overlay.printable import printable

# Linux: include/uapi/linux/videodev2.h. struct v4l2_format is a type and a union of 200 bytes,
# aligned like a pointer.
_BUFFER_TYPE_CAPTURE = 1
_FORMAT_SIZE = 200 + struct.calcsize("P")
_GET_FORMAT = 0xC0005604 | _FORMAT_SIZE << 16
_SET_FORMAT = 0xC0005605 | _FORMAT_SIZE << 16


class Holder(NamedTuple):
    """A process that has a device open.

    Attributes:
        pid: Its process id.
        name: What it is called, for example `firefox`.
        ours: Whether it is this application.
    """

    pid: int
    name: str
    ours: bool

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def holders(node: Path, proc: Path = Path("/proc")) -> list[Holder]:
    """The processes that have a device open, as far as this user may know.

    Args:
        node: The device node.
        proc: Where the `proc` file system is mounted.
    """
    try:
        wanted = node.stat()
    except OSError:
        return []
    pids = sorted(int(entry.name) for entry in proc.glob("[0-9]*"))
    return [
        _holder(proc / str(pid))
        for pid in pids
        if any(_same_device(wanted, opened) for opened in _open_files(proc / str(pid) / "fd"))
    ]


def is_busy(node: Path, proc: Path = Path("/proc")) -> bool:
    """Whether another program is using a camera, found out without turning its light on.

    A driver lets only one program at a time set the format, so this sets the one that is already
    set. If the driver does not answer, a camera that any process has open counts as busy.

    Args:
        node: The device node.
        proc: Where the `proc` file system is mounted.
    """
    import fcntl

    layout = bytearray(_FORMAT_SIZE)
    struct.pack_into("=I", layout, 0, _BUFFER_TYPE_CAPTURE)
    descriptor = -1
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(descriptor, _GET_FORMAT, layout)
        fcntl.ioctl(descriptor, _SET_FORMAT, layout)
    except OSError as error:
        if error.errno == errno.EBUSY:
            return True
    else:
        return False
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return bool(holders(node, proc))


def _open_files(folder: Path) -> Iterator[os.stat_result]:
    try:
        entries = list(folder.iterdir())
    except OSError:  # the process ended, or belongs to someone else
        return
    for entry in entries:
        try:
            yield entry.stat()
        except OSError:
            continue


def _same_device(one: os.stat_result, other: os.stat_result) -> bool:
    if stat.S_ISCHR(one.st_mode) and stat.S_ISCHR(other.st_mode):
        return one.st_rdev == other.st_rdev
    return os.path.samestat(one, other)


def _holder(process: Path) -> Holder:
    name = printable(_read(process / "comm").decode(errors="replace").strip()) or _("a program")
    command = _read(process / "cmdline").split(b"\0")
    ours = (b"-m", b"overlay") in itertools.pairwise(command) or any(
        part.endswith((b"/emotion-overlay", b"emotion-overlay.exe")) for part in command[:2]
    )
    return Holder(int(process.name), name, ours or int(process.name) == os.getpid())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
