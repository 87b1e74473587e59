"""What the engine's loops have in common: each has a thread, in which a device may hang."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from overlay.engine.desired import Desired, DesiredState
from overlay.engine.problem_log import Room
from overlay.engine.status import Metrics
from overlay.host.device_thread import DeviceThread
from overlay.language import _

#: How long what is called for every frame may take before it counts as hung, in seconds.
PATIENCE_S = 3.0

#: The same for opening and closing, which take seconds on some machines.
OPENING_PATIENCE_S = 10.0

#: How long to wait after an error that nothing foresaw, in seconds.
RETRY_S = 0.2

#: How long a change waits for the frame that is being sent, in seconds.
FINISH_S = 0.1

L = TypeVar("L", bound="Loop")


class Closable(Protocol):
    """A source, an output, a window, or perception."""

    def close(self) -> None:
        """Release it."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call that may hang.

    Attributes:
        room: Where it is made.
        what: What does not respond if it hangs.
        patience_s: How long it may take, in seconds.
        task: What the loop is working on.
        began: When it began, as `time.time()`.
    """

    room: Room
    what: str
    patience_s: float
    task: Hashable
    began: float


class AbandonedError(BaseException):
    """Ends a loop that another one has taken over from; not an error that anything handles."""


class Loop(ABC):
    """One of the engine's loops; runs once, in a thread of its own.

    If a device hangs in it and something else is to be done, it is abandoned: another loop takes
    over, and once the device responds, this one only releases what it holds.

    Attributes:
        room: The room that it works for.
        abandoned: Whether another loop has taken over.
        call: The call that is being made now, if it is one that may hang.
    """

    room: ClassVar[Room]

    def __init__(self, state: DesiredState, metrics: Metrics) -> None:
        self._state = state
        self._metrics = metrics
        self._task: Hashable = None
        self.abandoned = False
        self.call: Call | None = None

    def open(self) -> None:  # noqa: B027  (some have nothing to open)
        """Open what can be opened before the loop runs.

        Raises:
            OverlayError: It cannot be opened.
        """

    def run(self) -> None:
        """Work until there is no more to do, then release everything.

        An error that nothing foresaw is a problem like any other, and does not end the loop.
        """
        with suppress(AbandonedError):
            while not self._tries_to_work():
                self._state.wait_for(lambda d: d.stopping, RETRY_S)
        with suppress(AbandonedError):
            self._release()

    def _tries_to_work(self) -> bool:
        try:
            self._work()
        except Exception as error:
            self._metrics.problems.report(self.room, f"{type(error).__name__}: {error}", error)
            return False
        return True

    @abstractmethod
    def _work(self) -> None:
        """Work until there is no more to do."""

    @abstractmethod
    def _release(self) -> None:
        """Close what is open."""

    @abstractmethod
    def task(self, desired: Desired) -> Hashable:
        """What the loop has to work on; one that hangs in anything else is abandoned."""

    def finish_call(self) -> None:
        """Wait until the call that is being made has returned, unless it takes long.

        What is desired now holds for every later one.
        """
        call, deadline = self.call, time.monotonic() + FINISH_S
        while call is not None and self.call is call and time.monotonic() < deadline:
            time.sleep(0.001)

    @contextmanager
    def _calling(self, what: str, *, slow: bool = False) -> Iterator[None]:
        """Note for the watchdog what is called in this block.

        Args:
            what: What does not respond if it hangs.
            slow: Whether it opens or closes something.

        Raises:
            AbandonedError: Another loop has taken over while this hung.
        """
        outer = self.call
        patience_s = OPENING_PATIENCE_S if slow else PATIENCE_S
        self.call = Call(self.room, what, patience_s, self._task, time.time())
        try:
            yield
        finally:
            self.call = outer
            self._check_abandoned()

    def _check_abandoned(self) -> None:
        if self.abandoned:
            raise AbandonedError

    def _close(self, resource: Closable) -> None:
        """Close something; if that fails, it is a problem, unless the room has one already."""
        name = getattr(resource, "name", self.room)
        try:
            with self._calling(name, slow=True):
                resource.close()
        except Exception as error:
            message = _("{name} could not be closed: {reason}").format(
                name=name, reason=str(error) or type(error).__name__
            )
            self._metrics.problems.report(self.room, message, error, replace=False)


class Worker(Generic[L]):
    """Runs a loop in a thread, and another one in its place if it has to be abandoned.

    Attributes:
        name: Of the thread.
        loop: The loop that has not been abandoned.
    """

    def __init__(self, name: str, make: Callable[[], L]) -> None:
        self.name = name
        self._make = make
        self.loop = make()
        self._thread = DeviceThread(name=name, daemon=True)
        self._left: list[tuple[L, threading.Thread]] = []

    def start(self, begin: Callable[[L], None]) -> None:
        """Start the thread; `begin` is called in it, and runs the loop."""
        self._thread = DeviceThread(target=begin, args=(self.loop,), name=self.name, daemon=True)
        self._thread.start()

    def replace(self) -> None:
        """Leave a hung loop behind, and let another one take over."""
        self.loop.abandoned = True
        self._left.append((self.loop, self._thread))
        self.loop = self._make()
        self.start(lambda loop: loop.run())

    def join(self, seconds: float) -> None:
        """Wait until the loop has ended."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(max(0.0, seconds))

    def alive(self) -> list[tuple[L, threading.Thread]]:
        """The loops that have not ended, those left behind first, and their threads."""
        self._left = [each for each in self._left if each[1].is_alive()]
        return [*self._left, (self.loop, self._thread)] if self._thread.is_alive() else self._left
