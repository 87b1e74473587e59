"""Runs one schedule on the real engine, and says what was not as it must be."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from overlay.drawing import Painter
from overlay.engine import Desired, Engine
from overlay.engine.desired import OpenOutput, OpenSource
from overlay.monitor.recorder import Recorder
from overlay.outputs import Output
from overlay.scene import Image, Scene
from overlay.settings import Settings, make_settings
from overlay.sources import Source
from overlay.sources.video import VideoSource
from tests.faults.devices import (
    Allowed,
    Camera,
    File,
    Reader,
    Screen,
    Watcher,
    Witness,
    hasty_recorder,
)
from tests.faults.faults import Fault, Faults
from tests.faults.schedule import Event, Schedule

#: Waiting goes on for so long before something counts as never happening, in seconds.
LIMIT_S = 30.0

#: What `Engine.stop` may take, in seconds.
STOP_LIMIT_S = 5.0

_SIZES = ((320, 180), (256, 144))

#: The application's patience, cut short so that a trial takes a fraction of a second.
_CONSTANTS = {
    "loop.PATIENCE_S": 0.06,
    "loop.OPENING_PATIENCE_S": 0.06,
    "watchdog.CHECK_S": 0.01,
    "capture.RETRY_S": 0.02,
    "perceiving.RETRY_S": 0.02,
    "presentation.RETRY_S": 0.02,
    "presentation.PLACEHOLDER_AFTER_S": 0.05,
    "window.PLACEHOLDER_AFTER_S": 0.05,
    "problems.STEADY_S": 0.05,
    "engine.STOP_S": 0.6,
    "engine._CAPTURE_STOP_S": 0.2,
}


class Clock:
    """`time.monotonic`, which jumps as if the computer had been asleep."""

    def __init__(self) -> None:
        self._real = time.monotonic
        self._ahead_s = 0.0

    def jump(self, seconds: float) -> None:
        self._ahead_s += seconds

    def __call__(self) -> float:
        return self._real() + self._ahead_s


@contextmanager
def in_haste(faults: Faults) -> Iterator[Clock]:
    """Patience cut short, a clock that can jump, and painting that meets faults."""
    paint = Painter.paint

    def faulty(self: Painter, image: Image, scene: Scene) -> None:
        paint(self, image, scene)
        faults.meet("drawing", "paint")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Painter, "paint", faulty)
        for name, value in _CONSTANTS.items():
            patch.setattr(f"overlay.engine.{name}", value)
        patch.setattr("overlay.monitor.recorder._WRITE_EVERY_S", 0.01)
        clock = Clock()
        patch.setattr(time, "monotonic", clock)
        yield clock


class Failed(Exception):  # noqa: N818
    """Something never happened."""


def run_trial(schedule: Schedule, folder: Path) -> list[str]:
    """Run a schedule in an empty folder.

    Returns:
        What was not as it must be, one line each.
    """
    threads = set(threading.enumerate())
    faults = Faults()
    with in_haste(faults) as clock:
        trial = Trial(schedule, folder, faults, clock)
        try:
            trial.run()
        except Failed as failed:
            trial.violations.append(str(failed))
        finally:
            trial.end()
    left = [thread.name for thread in set(threading.enumerate()) - threads if _stays(thread)]
    return trial.violations + [f"the thread {name} is left" for name in left]


def _stays(thread: threading.Thread) -> bool:
    thread.join(LIMIT_S)
    return thread.is_alive()


class Trial:
    """One engine, its devices, and what happens to them."""

    def __init__(self, schedule: Schedule, folder: Path, faults: Faults, clock: Clock) -> None:
        self._schedule = schedule
        self._folder = folder
        self._clock = clock
        self._draw = random.Random(schedule.seed)
        self._faults = faults
        self._witness = Witness()
        self._number = 0
        # What opens something, and by which number its devices are known.
        self._numbers: dict[Any, int] = {}
        self._recorders: list[Recorder] = []
        self._was_observed = False
        self.violations = self._witness.violations
        self._engine = Engine(
            # Cropped, what a source sends stays plain gray, and labels are known by not being so.
            make_settings(
                mode=schedule.mode, width=320, height=180, mirror_window=False, fit="crop"
            ),
            open_source=self._new_source(),
            open_output=self._new_output(),
            open_window=self._new_screen("window"),
            open_perception=lambda: Reader(self._faults, self._draw),
            retry_open=True,
        )
        self._witness.allowed = self._allowed(self._engine.desired)

    def run(self) -> None:
        """Let happen what the schedule says, and look whether all is as it must be."""
        for event in self._schedule.before:
            self._apply(event)
        self._engine.start()
        for event in self._schedule.events:
            self._apply(event)
            time.sleep(event.wait_s)
            if event.look:
                self._look()
        if self._schedule.ends == "recovered":
            self._recover()
        self._stop()

    def end(self) -> None:
        """Release everything, and look at what is left."""
        for fault in self._faults.active():
            self._faults.end(fault.room)
        self._engine.stop()
        for recorder in self._recorders:
            recorder.stop()
        if not self._happens(lambda: not self._engine.left_behind):
            self.violations.append(f"never ended: {', '.join(self._engine.left_behind)}")
        self._check_files()

    # What happens

    def _apply(self, event: Event) -> None:
        if event.do == "begin":
            self._faults.begin(event.room, event.what)
        elif event.do == "end":
            self._faults.end(event.room)
        elif event.do == "clock":
            self._clock.jump(float(event.what))
        else:
            self._command(event.what)

    def _command(self, what: str) -> None:
        commands: dict[str, Callable[[], dict[str, Any]]] = {
            "on-air": lambda: {"mode": "on-air"},
            "only-me": lambda: {"mode": "only-me"},
            "off": lambda: {"mode": "off"},
            "panic": lambda: {"mode": "off"},
            "pause": lambda: {"paused": True},
            "resume": lambda: {"paused": False},
            "unused": lambda: {"output_unused": True},
            "used": lambda: {"output_unused": False},
            "source": lambda: {"open_source": self._new_source()},
            "output": lambda: {"open_output": self._new_output()},
            "size": lambda: dict(zip(("width", "height"), self._draw.choice(_SIZES), strict=True)),
            "bars": lambda: {"bars": self._draw.random() < 0.5},
            "show": lambda: {"open_window": self._new_screen("window")},
            "hide": lambda: {"open_window": None},
            "observe": lambda: {"observer": Watcher(self._faults)},
            "record": lambda: {"observer": self._new_recorder()},
            "detach": lambda: {"observer": None},
        }
        self._update(commands[what]())

    def _update(self, changes: dict[str, Any]) -> None:
        """Change what is desired, and from then on allow only that."""
        if changes.get("observer") is not None:
            self._was_observed = True
        with pytest.MonkeyPatch.context() as patch, self._engine.condition:
            patch.setattr("overlay.engine.loop.FINISH_S", self._finish_s())
            before = self._engine.desired
            after = before.changed(**changes)
            self._witness.allowed |= self._allowed(after)
            self._engine.update(**changes)
            if after.picture != before.picture:
                self._witness.allowed = self._allowed(after)

    def _finish_s(self) -> float:
        """How long to wait for a frame that is being sent: for ever, unless it may hang."""
        faults = [self._faults.in_room(room) for room in ("output", "window")]
        hangs = [fault.met.is_set() for fault in faults if fault and fault.what == "hang"]
        return 60.0 if not hangs else 0.02 if any(hangs) else 0.3

    def _allowed(self, desired: Desired) -> Allowed:
        labels = {"output"} if desired.labels_in_output else set()
        # An observer's panel is in the window in every mode.
        labels |= {"window"} if desired.settings.mode != "off" or self._was_observed else set()
        source = frozenset({self._numbers[desired.open_source]})
        return Allowed(frozenset(labels), desired.needs_source, source)

    def _new_source(self) -> OpenSource:
        gray = 50 + 7 * self._next()

        def open_source(settings: Settings) -> Source:
            return Camera(self._faults, settings, gray, self._draw)

        self._numbers[open_source] = gray
        return open_source

    def _new_output(self) -> OpenOutput:
        if self._schedule.output == "camera":
            return self._new_screen("output")
        number, path = self._next(), self._folder / "video.mp4"

        def open_output(settings: Settings) -> Output:
            return File(path, self._faults, self._witness, settings, number)

        self._numbers[open_output] = number
        return open_output

    def _new_screen(self, room: str) -> OpenOutput:
        number = self._next()

        def open_output(settings: Settings) -> Output:
            return Screen(room, self._faults, self._witness, settings, number)

        self._numbers[open_output] = number
        return open_output

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _new_recorder(self) -> Recorder:
        folder = self._folder / f"student {self._next()}"
        folder.mkdir()
        self._recorders.append(hasty_recorder(folder, self._faults))
        return self._recorders[-1]

    # What must be so

    def _look(self) -> None:
        """The video goes on unless the output is named; what is wrong and was met is named."""
        sent, read = self._witness.sent["output"], self._engine.status().frames_in
        replaced = self._has_replaced("output")
        self._expect(
            lambda: (
                self._witness.sent["output"] > sent + 1 or (self._names("output") and not replaced)
            ),
            "the video goes on",
        )
        if self._has_replaced("source") and self._engine.desired.needs_source:
            self._expect(lambda: self._engine.status().frames_in > read, "the other source is read")
        for fault in self._faults.active():
            if fault.met.is_set() and fault.what != "slow":
                self._expect(lambda fault=fault: self._is_named(fault), f"{fault.kind} is named")

    def _has_replaced(self, room: str) -> bool:
        """Whether something hangs in a room, and the user has chosen something else there."""
        fault, desired = self._faults.in_room(room), self._engine.desired
        if fault is None or fault.what != "hang" or not fault.met.is_set():
            return False
        chosen = desired.open_source if room == "source" else desired.open_output
        return bool(fault.owner != self._numbers[chosen])

    def _is_named(self, fault: Fault) -> bool:
        """Whether the status names a fault, as far as it can know of it now."""
        room = "recording" if fault.room == "disk" else fault.room
        return self._names(room) or not self._matters(fault)

    def _matters(self, fault: Fault) -> bool:
        """Whether somebody still runs into a fault that was met."""
        if self._faults.in_room(fault.room) is not fault:
            return False
        if fault.what == "hang":
            return True
        if fault.where == "close" or fault.kind in ("gone:send", "size:read", "slow:paint"):
            return False
        desired = self._engine.desired
        reads = desired.needs_source and not self._faults.in_room("source")
        perceives = reads and desired.needs_perception and not self._faults.in_room("perception")
        return {
            "source": desired.needs_source,
            "perception": reads and desired.needs_perception,
            "output": True,
            "drawing": False,
            "window": True,
            "recording": perceives and isinstance(desired.observer, Watcher),
            "disk": perceives and isinstance(desired.observer, Recorder),
        }[fault.room]

    def _names(self, room: str) -> bool:
        return room in self._engine.status().problems

    def _recover(self) -> None:
        """When everything is over, everything works, and nothing is named."""
        for fault in self._faults.active():
            self._faults.end(fault.room)
        self._update(
            {
                "mode": "on-air",
                "paused": False,
                "output_unused": False,
                "open_window": self._new_screen("window"),
            }
        )
        witness, engine = self._witness, self._engine
        labelled = dict(witness.labelled)
        for room in ("output", "window"):
            self._expect(
                lambda room=room: witness.labelled[room] > labelled[room] + 1, f"labels in {room}"
            )
        self._expect(lambda: not engine.status().problems, "nothing is named any more")
        self._expect(lambda: max(Counter(engine.left_behind).values()) == 1, "hung threads end")

    def _stop(self) -> None:
        began = time.perf_counter()
        self._engine.stop()
        took_s = time.perf_counter() - began
        if took_s > STOP_LIMIT_S:
            self.violations.append(f"stop took {took_s:.1f} s")

    def _expect(self, holds: Callable[[], bool], what: str) -> None:
        if not self._happens(holds):
            raise Failed(f"never: {what}; the status: {self._engine.status()}")

    def _happens(self, holds: Callable[[], bool]) -> bool:
        deadline = time.perf_counter() + LIMIT_S
        while not holds():
            if time.perf_counter() > deadline:
                return False
            time.sleep(0.002)
        return True

    def _check_files(self) -> None:
        """Nothing half-written is left: every video plays, every database is sound."""
        for path in self._folder.rglob("*"):
            if path.suffix == ".part":
                self.violations.append(f"{path.name} is left")
            elif path.suffix == ".mp4":
                with VideoSource(path, pace=False) as video:
                    if video.read() is None:
                        self.violations.append(f"{path.name} does not play")
            elif path.suffix == ".sqlite":
                with closing(sqlite3.connect(path)) as connection:
                    if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                        self.violations.append(f"{path} is damaged")
