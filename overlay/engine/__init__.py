"""The engine: loops between a source and an output, and the one desired state they act on."""

from __future__ import annotations

from overlay.engine.desired import Desired
from overlay.engine.engine import Engine
from overlay.engine.observer import SceneObserver, SceneSharer
from overlay.engine.problem_log import Room
from overlay.engine.status import Status

__all__ = ["Desired", "Engine", "Room", "SceneObserver", "SceneSharer", "Status"]
