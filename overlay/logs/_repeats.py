"""Keeps what is said again and again from filling the log."""

from __future__ import annotations

import logging
import re
import threading
import time
import traceback
from collections import OrderedDict
from dataclasses import dataclass

from overlay.logs._native import NATIVE

#: The same error from the same place, and the same native line, is written at most this often.
_EVERY_S = 30.0

#: So many different ones are remembered.
_REMEMBERED = 500


_PASSES = "overlay_passes"


@dataclass
class _Seen:
    time_s: float
    again: int = 0


class Repeats(logging.Filter):
    """Lets an error, or a line of a native library, pass once in a while, with a count."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: OrderedDict[tuple[str, str], _Seen] = OrderedDict()
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the entry is written; one that stands for several says so."""
        passes: bool | None = getattr(record, _PASSES, None)
        if passes is None:  # not yet asked by another handler
            passes = self._passes(record)
            setattr(record, _PASSES, passes)
        return passes

    def _passes(self, record: logging.LogRecord) -> bool:
        key = _key(record)
        if key is None:
            return True
        now = time.monotonic()
        with self._lock:
            seen = self._seen.get(key)
            if seen is not None and now - seen.time_s < _EVERY_S:
                seen.again += 1
                return False
            self._seen[key] = _Seen(now)
            self._seen.move_to_end(key)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        if seen is not None and seen.again:
            record.msg, record.args = f"{record.getMessage()} (and {seen.again} more like it)", ()
        return True


def _key(record: logging.LogRecord) -> tuple[str, str] | None:
    """What entries of the same kind have in common; None for entries that are always written."""
    if record.name == NATIVE:
        return NATIVE, re.sub(r"\d+", "0", record.getMessage())
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        place = traceback.extract_tb(error.__traceback__)[-1:]
        return record.name, f"{record.getMessage()} {type(error).__name__} {place}"
    return None
