"""What the log says about a command as a whole."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from contextlib import contextmanager

from overlay import __version__
from overlay.errors import OverlayError
from overlay.logs import crash_file, crashes_noted

_log = logging.getLogger(__name__)


@contextmanager
def log_run(command: str) -> Iterator[None]:
    """Log that a command begins, with versions, and how it ends; a crash is logged by the next.

    Args:
        command: Its name.
    """
    _log.info(
        "%s begins: emotion-overlay %s, Python %s, %s",
        command, __version__, platform.python_version(), platform.platform(),
    )  # fmt: skip
    how = "an unexpected error"
    try:
        with crashes_noted(crash_file()):
            yield
        how = "normally"
    except OverlayError as error:
        how = f"{type(error).__name__}: {error}"
        raise
    finally:
        _log.info("%s ended: %s", command, how)
