"""Asking other programs."""

from __future__ import annotations

import logging
import subprocess

_log = logging.getLogger(__name__)

_TIMEOUT_S = 15.0


def output_of(*command: str) -> str | None:
    """What a command prints; None, with the reason in the log, if it is missing, fails or hangs."""
    try:
        return subprocess.run(
            command,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_S,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("%s did not answer: %s", command[0], error)
        return None
