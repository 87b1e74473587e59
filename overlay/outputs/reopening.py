"""Makes a v4l2loopback 0.12 device writable again after its last writer has left.

With `exclusive_caps=1` a device takes frames from one program at a time. Up to version 0.12.7 it
notices that a program has left only if that program had started a stream (VIDIOC_STREAMON), which
programs that simply write, like pyvirtualcam, do not do. From then on the device no longer reports
that it is an output. Starting a stream and closing the device makes it an output again, without
reloading the module. See `v4l2_loopback_write`, `vidioc_streamon` and `v4l2_loopback_close` in
v4l2loopback.c, 0.12.7.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

# Linux: include/uapi/linux/videodev2.h
_STREAM_ON = 0x40045612
_QUERY_CAPABILITIES = 0x80685600
_CAPABILITIES = struct.Struct("=80xIII12x")
_BUFFER_TYPE_OUTPUT = struct.pack("=i", 2)
_CAN_OUTPUT = 0x00000002

#: A program that writes to the device takes it back with its next frame, within this many seconds.
_NEXT_FRAME_S = 0.25


def is_needed(node: str, root: Path = Path("/")) -> bool:
    """Whether a device is of a version that blocks; those before 0.13 have no `state` attribute.

    Args:
        node: A v4l2loopback device.
        root: The folder that contains `sys`.
    """
    device = root / "sys/devices/virtual/video4linux" / Path(node).name
    return device.exists() and not (device / "state").exists()


def unblock(node: str) -> bool:
    """Free a device for the next program that wants to write to it.

    Returns:
        Whether it is free now; False if another program goes on writing to it.
    """
    import fcntl

    try:
        with _opened(node) as device, contextlib.suppress(OSError):
            fcntl.ioctl(device, _STREAM_ON, _BUFFER_TYPE_OUTPUT)  # refused, but remembered
        time.sleep(_NEXT_FRAME_S)
        with _opened(node) as device:
            reply = bytearray(_CAPABILITIES.size)
            fcntl.ioctl(device, _QUERY_CAPABILITIES, reply)
    except OSError:
        return False
    return bool(_CAPABILITIES.unpack(reply)[2] & _CAN_OUTPUT)


@contextlib.contextmanager
def _opened(node: str) -> Iterator[int]:
    descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
