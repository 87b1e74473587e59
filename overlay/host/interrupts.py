"""Ctrl-C, and what ends programs as politely."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: Ctrl-C, a request to terminate, and a terminal that is closed (which Windows does not signal).
SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class _Interrupt:
    """A handler that raises `KeyboardInterrupt`, and has all signals ignored from then on."""

    def __init__(self, heeded: list[signal.Signals]) -> None:
        self._heeded = heeded

    def __call__(self, number: int, frame: FrameType | None) -> None:
        for each in self._heeded:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt


@contextmanager
def interrupts(*, last: bool = False) -> Iterator[None]:
    """Let all of them raise `KeyboardInterrupt` in this block, once.

    Later ones are ignored until the block has ended, so that they do not cut off what it does to
    end well; a block within such a block changes nothing. Signals that this process was started
    to ignore (by `nohup`, or in the background of a script) stay ignored. Does nothing outside
    the main thread, which alone gets signals.

    Args:
        last: Whether the process ends after this block: once one has come, the others are ignored
            until then.
    """
    before = {each: signal.getsignal(each) for each in SIGNALS}
    within = any(isinstance(handler, _Interrupt) for handler in before.values())
    if within or threading.current_thread() is not threading.main_thread():
        yield
        return
    heeded = [each for each, handler in before.items() if handler is not signal.SIG_IGN]
    for each in heeded:
        signal.signal(each, _Interrupt(heeded))
    try:
        yield
    finally:
        for each in heeded:
            if not (last and signal.getsignal(each) is signal.SIG_IGN):
                signal.signal(each, before[each])
