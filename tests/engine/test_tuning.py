"""The engine's process: one OpenCV thread, quick hand-over, one heap."""

from __future__ import annotations

import subprocess
import sys

import pytest

TUNED = """
import sys, threading
import cv2
from overlay.engine.tuning import tune_process

tune_process()
"""

#: Four threads that hold memory at the same time; then glibc says which heaps there are.
HEAPS = """
import ctypes
import numpy as np

together = threading.Barrier(4)

def hold():
    held = [np.ones(size, np.uint8) for size in (1000, 50_000, 100_000)]
    together.wait(10)

threads = [threading.Thread(target=hold) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w")))
libc.fflush(None)
"""


def said_by(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_opencv_works_alone_and_the_interpreter_is_handed_over_quickly() -> None:
    threads, interval = said_by(
        TUNED + "print(cv2.getNumThreads(), sys.getswitchinterval())"
    ).split()
    assert int(threads) == 1
    assert float(interval) <= 0.001


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc about its heaps")
def test_what_one_thread_has_freed_another_can_use() -> None:
    assert said_by(TUNED + HEAPS).count("<heap nr=") == 1
    assert said_by(TUNED.replace("\ntune_process()", "") + HEAPS).count("<heap nr=") > 1
