"""Measures classes of so many members: `python -m tests.classroom 50 1000 10000`."""

from __future__ import annotations

import resource
import sys

from tests.classroom.load import measure

if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for number in map(int, sys.argv[1:] or ["50"]):
        measure(number)
