"""The engine: three loops between a source and an output, and control over them."""

from __future__ import annotations

from overlay.engine.engine import Engine
from overlay.engine.status import Room, Status
from overlay.engine.watcher import Watcher

__all__ = ["Engine", "Room", "Status", "Watcher"]
