"""What makes a process one in which video goes first."""

from __future__ import annotations

import contextlib
import ctypes
import sys

import cv2

# https://sourceware.org/glibc/manual/latest/html_node/Malloc-Tunable-Parameters.html
_M_ARENA_MAX = -8


def tune_process() -> None:
    """Set up OpenCV, the interpreter and the allocator; call it before the threads start."""
    # OpenCV's worker threads cost a twentieth of a core and save nothing on pictures this small.
    cv2.setNumThreads(1)
    # Perception gives the interpreter up within half a millisecond, not five, to whom sends.
    sys.setswitchinterval(0.0005)
    # Each thread would keep a heap, and what one has freed of a frame's size no other could use.
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # not glibc
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
