"""What native libraries print on standard error goes to the log instead of the terminal."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

#: The logger of such lines.
NATIVE = "overlay.native"

_STDERR = 2

#: The last line. Child processes that live a little longer, such as Python's own that tracks shared
#: memory, still hold the pipe, so it has no end to wait for.
_END = "\0\n"

#: How long the end may take, in seconds.
_LAST_LINES_S = 2.0

_log = logging.getLogger(NATIVE)


class _Terminal:
    """The standard error that the process was started with, while the log has its place."""

    descriptor: int | None = None


@contextmanager
def native_output_logged() -> Iterator[None]:
    """Log what is written to file descriptor 2, line by line, until the end of the block.

    MediaPipe, TensorFlow Lite, OpenCV, libpng, Qt and GStreamer write to the descriptor, below
    `sys.stderr`; so do child processes, tracebacks included. `sys.stderr` itself goes on writing
    where it did. Does nothing where there is no standard error, or it was replaced.
    """
    python_stderr = sys.stderr
    if _Terminal.descriptor is not None or not _is_standard(python_stderr):
        yield
        return
    os.environ.setdefault("OPENCV_LOG_LEVEL", "WARNING")  # our rooms silence it otherwise
    python_stderr.flush()
    terminal = os.dup(_STDERR)
    reading, writing = os.pipe()
    os.dup2(writing, _STDERR)
    os.close(writing)
    _Terminal.descriptor = terminal
    reader = threading.Thread(target=_log_lines, args=(reading,), name="native", daemon=True)
    reader.start()
    sys.stderr = os.fdopen(
        terminal, "w", buffering=1, encoding=python_stderr.encoding, errors="backslashreplace"
    )
    try:
        yield
    finally:
        sys.stderr.flush()
        with suppress(OSError):  # somebody may have closed it
            os.write(_STDERR, _END.encode())
        os.dup2(terminal, _STDERR)
        _Terminal.descriptor = None
        sys.stderr.close()
        sys.stderr = python_stderr
        reader.join(_LAST_LINES_S)


@contextmanager
def native_output_on_terminal() -> Iterator[None]:
    """Start another program inside this block that may live on: it must not hold the log's pipe."""
    if _Terminal.descriptor is None:
        yield
        return
    pipe = os.dup(_STDERR)
    os.dup2(_Terminal.descriptor, _STDERR)
    try:
        yield
    finally:
        os.dup2(pipe, _STDERR)
        os.close(pipe)


def _is_standard(stream: IO[str] | None) -> bool:
    """Whether a stream writes to file descriptor 2."""
    try:
        return stream is not None and stream.fileno() == _STDERR and os.fstat(_STDERR) is not None
    except (OSError, ValueError):  # none, or one that a test put in its place
        return False


def _log_lines(reading: int) -> None:
    with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if text := line.removesuffix(_END).rstrip():
                _log.info("%s", text)
            if line.endswith(_END):
                return
