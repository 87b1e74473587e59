"""The process in which a target reads inputs; it may die of one.

`python -m tests.fuzz.worker TARGET PLACE SECONDS draw SEED INPUTS`, or `... replay KEPT`. Each
input lies in PLACE before it is read, so that it is known whatever happens then.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis

from overlay.errors import OverlayError
from tests.fuzz.campaign import MOST_BYTES, import_target, load
from tests.fuzz.inputs import Input

#: Hypothesis must not keep what it finds: each batch is drawn from its seed alone.
_DRAWING: dict[str, Any] = {
    "database": None,
    "deadline": None,
    "suppress_health_check": list(hypothesis.HealthCheck),
    "phases": [hypothesis.Phase.generate, hypothesis.Phase.shrink],
    "print_blob": False,
    "report_multiple_bugs": False,
    "verbosity": hypothesis.Verbosity.quiet,
}


class ViolationError(AssertionError):
    """An input had an effect that none may have."""


def main() -> None:
    """Read inputs; ends with an exception, or dies, at one that fails."""
    target, place, seconds, how, *rest = sys.argv[1:]
    module: Any = import_target(target)
    faulthandler.enable()
    check = _guarded(module.read, Path(place), float(seconds))
    if how == "replay":
        check(load(Path(rest[0])))
        return
    seed, inputs = map(int, rest)
    test = hypothesis.given(module.inputs())(check)
    hypothesis.seed(seed)(hypothesis.settings(max_examples=inputs, **_DRAWING)(test))()


def _guarded(
    read: Callable[[Input, Path], None], place: Path, most_seconds: float
) -> Callable[[Input], None]:
    """A function that has one input read, and raises, or ends the process, if it fails."""
    place.mkdir(parents=True)
    inputs = taken = 0

    def check(input: Input) -> None:
        nonlocal inputs, taken
        inputs += 1
        (place / "name").write_text(input.name, encoding="utf-8", errors="surrogatepass")
        (place / "content").write_bytes(input.content)
        _count(place, inputs, taken)
        before = _forget_peak()
        with tempfile.TemporaryDirectory(prefix="eo-") as name:
            folder = Path(name)
            faulthandler.dump_traceback_later(most_seconds, exit=True)
            try:
                read(input, folder)
                taken += 1
            except OverlayError as error:
                _check_line(str(error))
            finally:
                faulthandler.cancel_dump_traceback_later()
            _count(place, inputs, taken)
            if unfinished := [*folder.rglob("*.part"), *folder.rglob("*.part.*")]:
                raise ViolationError(f"left behind: {unfinished}")
        if (memory := _peak() - before) > MOST_BYTES:
            raise ViolationError(f"took {memory / 1e6:.0f} MB of memory")

    return check


def _count(place: Path, inputs: int, taken: int) -> None:
    (place / "counts").write_text(f"{inputs} {taken}")


def _check_line(message: str) -> None:
    if not message.strip() or len(message.splitlines()) != 1:
        raise ViolationError(f"not one line: {message!r}")


def _forget_peak() -> int:
    """Have Linux measure the peak of this process's memory anew; how much it is now, in bytes."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """The most memory this process took since `_forget_peak`, in bytes; 0 where nobody tells."""
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


if __name__ == "__main__":
    os.umask(0o022)
    main()
