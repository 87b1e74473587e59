"""Ctrl-C, and what ends programs as politely."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: Ctrl-C, a request to terminate, and a terminal that is closed (which Windows does not signal).
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def interrupts() -> Iterator[None]:
    """Let all of them raise `KeyboardInterrupt` in this block, once.

    Later ones are ignored until the block has ended, so that they do not cut off what it does to
    end well. Signals that this process was started to ignore (by `nohup`, or in the background of
    a script) stay ignored. Does nothing outside the main thread, which alone gets signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    heeded = [each for each, handler in before.items() if handler is not signal.SIG_IGN]

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in heeded:
        signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each in heeded:
            signal.signal(each, before[each])
