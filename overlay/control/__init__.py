"""Control of the one running instance from any other process of the same user."""

from __future__ import annotations

from overlay.control.client import ask, knock, wait_until_gone
from overlay.control.server import AlreadyRunningError, ControlServer

__all__ = ["AlreadyRunningError", "ControlServer", "ask", "knock", "wait_until_gone"]
