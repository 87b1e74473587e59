"""Notices which loop hangs, says so in the status, and has it replaced where that helps."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from overlay.engine.desired import DesiredState
from overlay.engine.loop import Call, Loop, Worker
from overlay.engine.problem_log import Room
from overlay.language import _

#: How often the loops are looked at, in seconds.
CHECK_S = 0.5

_log = logging.getLogger(__name__)


class Watchdog:
    """Looks at what each loop is calling, in a thread of its own.

    Time is counted in looks, not by a clock: a computer that was asleep, or too busy to run any
    thread, does not make a loop look hung.

    Attributes:
        hung: One line for each room in which something hangs.
    """

    def __init__(
        self,
        workers: Sequence[Worker[Any]],
        state: DesiredState,
        changed: Callable[[], None],
        may_replace: Callable[[], bool],
    ) -> None:
        """Watch nothing yet.

        Args:
            workers: What to watch.
            state: Says what the loops should be doing.
            changed: Called when `hung` has changed.
            may_replace: Asked before a loop is replaced.
        """
        self._workers = workers
        self._state = state
        self._changed = changed
        self._may_replace = may_replace
        self._looks: dict[Call, int] = {}
        self._known: set[Call] = set()
        self.hung: Mapping[Room, str] = MappingProxyType({})

    def start(self) -> None:
        """Watch until the engine stops."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def _run(self) -> None:
        while not self._state.wait_for(lambda desired: desired.stopping, CHECK_S).stopping:
            self._look()

    def _look(self) -> None:
        looks: dict[Call, int] = {}
        known: set[Call] = set()
        hung: dict[Room, str] = {}
        for worker in self._workers:
            for loop, thread in worker.alive():
                call = loop.call
                if call is None:
                    continue
                looks[call] = self._looks.get(call, -1) + 1
                if looks[call] * CHECK_S < call.patience_s:
                    continue
                known.add(call)
                if call not in self._known:
                    _log.error("%s: a call hangs", call.room)
                    _log.info("%s: it hangs here:\n%s", call.room, _stack(thread))
                other_task = loop.task(self._state.value) != call.task
                if other_task and not loop.abandoned and self._may_replace():
                    worker.replace()
                hung[call.room] = _describe(call, loop)
        for call in self._known - known:
            _log.info("%s: the call that hung has returned", call.room)
        self._looks, self._known = looks, known
        if hung != self.hung:
            self.hung = MappingProxyType(hung)
            self._changed()


def _describe(call: Call, loop: Loop) -> str:
    since = time.strftime("%H:%M:%S", time.localtime(call.began))
    if loop.abandoned:
        text = _(
            "{what} has not responded since {since} and was abandoned: restart the "
            "application to free it"
        )
    else:
        text = _("{what} has not responded since {since}")
    return text.format(what=call.what, since=since)


def _stack(thread: threading.Thread) -> str:
    """Where a thread is."""
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame)).rstrip() if frame else "its thread has ended"
