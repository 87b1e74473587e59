"""Control of the running instance from other processes of the same user."""

from __future__ import annotations

from overlay.control.client import activate, ask, wait_until_gone
from overlay.control.server import AlreadyRunningError, ControlServer, Offer

__all__ = ["AlreadyRunningError", "ControlServer", "Offer", "activate", "ask", "wait_until_gone"]
