"""Keeps what native code writes to standard error off the user's terminal."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGER = logging.getLogger(__name__)
_STDERR = 2
# The file descriptor belongs to the whole process: one redirection at a time.
_LOCK = threading.Lock()


@contextmanager
def native_stderr_logged() -> Iterator[None]:
    """Send what is written to file descriptor 2 inside this block to the log.

    MediaPipe, Abseil and TensorFlow Lite write their start-up lines straight to the descriptor,
    below `sys.stderr`, and 0.10.33 offers no setting against it. The redirection is for the whole
    process, so keep the block short; what another thread writes meanwhile ends up in the log, too.
    """
    with _LOCK:
        try:
            original = os.dup(_STDERR)
        except OSError:  # a windowed program has no standard error; there is nothing to protect
            yield
            return
        with tempfile.TemporaryFile() as captured:
            try:
                os.dup2(captured.fileno(), _STDERR)
                yield
            finally:
                os.dup2(original, _STDERR)
                os.close(original)
                captured.seek(0)
                for line in captured.read().decode(errors="replace").splitlines():
                    _LOGGER.info("%s", line)
