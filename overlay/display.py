"""Whether this machine can show a window."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Whether a window can be shown here; OpenCV's windows need X11 (or XWayland) on Linux."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))
