"""Devices that hang when a test tells them to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from overlay.engine import Engine
from tests.waiting import until


class Hanging:
    """Waits for `release` in the methods that it is told to hang in, from `hang` on."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods
        self.hang = threading.Event()
        self.hangs = threading.Event()
        self.release = threading.Event()

    def wrap(self, target: Any) -> Any:
        """The same object, which hangs."""
        for name in self.methods:
            setattr(target, name, self._hanging(getattr(target, name)))
        return target

    def _hanging(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if self.hang.is_set():
                self.hangs.set()
                self.release.wait(60)
            return method(*args)

        return call


def has_hung(engine: Engine, room: str) -> bool:
    return "has not responded since" in engine.status().problems.get(room, "")


def goes_on(engine: Engine, frames: int = 5) -> None:
    sent = engine.status().frames_out
    until(lambda: engine.status().frames_out > sent + frames, "more video")
