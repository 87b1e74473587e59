"""The engine: three loops between a source and an output, and control over them."""

from __future__ import annotations

from overlay.engine.engine import Engine
from overlay.engine.observer import SceneObserver
from overlay.engine.problem_log import Room
from overlay.engine.status import Status

__all__ = ["Engine", "Room", "SceneObserver", "Status"]
