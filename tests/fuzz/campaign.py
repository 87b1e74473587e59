"""Feeds inputs to a target in a process of its own, and tells which one fails.

A target is a module of `tests.fuzz.targets`. It has `inputs()`, a strategy of `Input`, and
`read(input, folder)`, which has the application read one in an empty folder. It may succeed or
raise an `OverlayError` of one line. Anything else is a violation: another exception, a native
crash, more than `MOST_SECONDS` or `MOST_BYTES`, an unfinished file left behind.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import targets
from tests.fuzz.inputs import Input

REPOSITORY = Path(__file__).resolve().parents[2]

#: How long one input may take, in seconds; longer than any should, as the machine may be busy.
MOST_SECONDS = 20.0

#: How much memory one input may take, in bytes, beside what the libraries take.
MOST_BYTES = 1_500_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of some inputs.

    Attributes:
        inputs: How many there were.
        read: How many of them were read; the others were refused in one line.
        failure: The input that failed, made as small as possible, or None.
        report: What happened then.
    """

    inputs: int
    read: int = 0
    failure: Input | None = None
    report: str = ""


def names() -> list[str]:
    """The names of all targets."""
    return sorted(module.name for module in pkgutil.iter_modules(targets.__path__))


def run_batch(target: str, *, seed: int, inputs: int) -> Batch:
    """Draw inputs for a target and have them read, until one fails.

    Args:
        target: One of `names`, or the full name of a module like them.
        seed: The same seed draws the same inputs.
        inputs: How many.
    """
    return _work(target, MOST_SECONDS, "draw", str(seed), str(inputs))


def replay(target: str, failure: Input, *, most_seconds: float = MOST_SECONDS) -> Batch:
    """Have one input read that was kept earlier, in at most so many seconds."""
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        kept = keep(failure, Path(folder))
        return _work(target, most_seconds, "replay", str(kept))


def keep(failure: Input, folder: Path) -> Path:
    """Write an input into a folder of its own in a folder, from which `load` reads it."""
    with_number = (folder / str(number) for number in range(10_000))
    place = next(path for path in with_number if not path.exists())
    place.mkdir(parents=True)
    (place / "name").write_text(failure.name, encoding="utf-8", errors="surrogatepass")
    (place / "content").write_bytes(failure.content)
    return place


def load(place: Path) -> Input:
    """An input that `keep` wrote."""
    name = (place / "name").read_text(encoding="utf-8", errors="surrogatepass")
    return Input(name, (place / "content").read_bytes())


def import_target(name: str) -> object:
    """The module of a target."""
    return importlib.import_module(name if "." in name else f"{targets.__name__}.{name}")


def _work(target: str, most_seconds: float, *arguments: str) -> Batch:
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        place = Path(folder, "current")
        options = [target, str(place), str(most_seconds), *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.worker", *options],
            cwd=REPOSITORY,
            env={**_own_environment(Path(folder)), "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode == -signal.SIGTERM:
            raise KeyboardInterrupt("somebody ended the fuzz worker")
        if not (place / "counts").exists():
            raise RuntimeError(f"the fuzz worker of {target} did not start:\n{done.stdout}")
        inputs, read = map(int, (place / "counts").read_text().split())
        if done.returncode == 0:
            return Batch(inputs, read)
        return Batch(inputs, read, load(place), f"{done.stdout}\nended with {done.returncode}")


def _own_environment(folder: Path) -> dict[str, str]:
    """This process's environment, with no folder or setting of the user's in it."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("EMOTION_OVERLAY_")}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "PYTEST_ADDOPTS"):
        inherited.pop(name, None)
    home = folder / "home"
    for part in ("config", "run", "tmp", "data"):
        (home / part).mkdir(parents=True, mode=0o700)
    return inherited | {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "EMOTION_OVERLAY_CONFIG_DIR": str(home / "config/emotion-overlay"),
        "EMOTION_OVERLAY_RUNTIME_DIR": str(home / "run"),
        "EMOTION_OVERLAY_STUDENTS_DIR": str(home / "students"),
    }
