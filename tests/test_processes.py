from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.processes import _of_proc, _of_ps
from tests.waiting import until

CODE = "import sys; sys.stdin.read()"

ways = pytest.mark.parametrize(
    "list_children",
    [
        pytest.param(
            _of_proc,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: /proc of Linux"),
        ),
        pytest.param(
            _of_ps,
            marks=pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: ps of POSIX"),
        ),
    ],
)


@ways
def test_a_child_is_listed_until_it_ends(
    list_children: Callable[[int], Iterator[tuple[int, str]]],
) -> None:
    child = subprocess.Popen([sys.executable, "-c", CODE, "some words"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    own = os.getpid()
    until(lambda: dict(list_children(own)).get(child.pid, "").endswith(f"{CODE} some words"))
    child.stdin.close()
    until(lambda: child.pid not in dict(list_children(own)), "it has ended, waited for or not")
    assert child.wait() == 0
