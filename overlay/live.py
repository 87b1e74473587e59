"""The main job: source to output until told to stop, with whatever this machine has."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from overlay.engine import Engine, Status
from overlay.errors import OutputError
from overlay.outputs import Output, open_output
from overlay.scene import Image
from overlay.settings import Settings
from overlay.sources import SameSource, Source

#: How long the job is shown where there is neither a virtual camera nor a display, in seconds.
DEMO_SECONDS = 10.0

#: The files it is shown in.
DEMO_VIDEO = Path("demo.mp4")
DEMO_PICTURE = Path("demo.png")


@dataclass(frozen=True, slots=True)
class Plan:
    """Where one run's frames go.

    Attributes:
        open_output: Opens what the call sees.
        open_window: Opens the private window, or None for no window.
        ends_with_window: Whether closing the window ends the run, as it is all there is to see.
        seconds: How long to run; None until stopped.
        files: Video and picture the run is saved in, where the user did not name any.
        notice: What the user should know before it starts, or None.
    """

    open_output: Callable[[], Output]
    open_window: Callable[[], Output] | None = None
    ends_with_window: bool = False
    seconds: float | None = None
    files: tuple[Path, ...] = ()
    notice: str | None = None


def plan(settings: Settings, seconds: float | None) -> Plan:
    """Choose outputs: the one asked for, or what shows the job best on this machine.

    Raises:
        OutputError: An output that was asked for by name cannot be used.
    """

    def opener(spec: str) -> Callable[[], Output]:
        return lambda: open_output(spec, size=settings.size, fps=settings.fps)

    window = opener("window")
    if settings.output == "window":
        return Plan(opener("none"), window, True, seconds)
    if settings.output != "auto":
        private = window if settings.mode == "only-me" and has_display() else None
        return Plan(opener(settings.output), private, seconds=seconds)
    try:
        camera = open_output("virtual", size=settings.size, fps=settings.fps)
    except OutputError as error:
        if has_display():
            return Plan(opener("none"), window, True, seconds, notice=str(error))
        return Plan(
            opener(str(DEMO_VIDEO)),
            seconds=DEMO_SECONDS if seconds is None else seconds,
            files=(DEMO_VIDEO, DEMO_PICTURE),
            notice=str(error),
        )
    private = window if settings.mode == "only-me" and has_display() else None
    return Plan(_first(camera, opener("virtual")), private, seconds=seconds)


def run(
    settings: Settings,
    plan: Plan,
    *,
    loop: bool = False,
    on_start: Callable[[Status], None] = lambda status: None,
) -> Status:
    """Carry frames from source to output until the time is up, the source ends, or a signal.

    Args:
        settings: What to run.
        plan: Where the frames go.
        loop: Whether a file starts again at its end.
        on_start: Is told once, as soon as everything is open.

    Returns:
        The status at the end, for the summary.

    Raises:
        SourceError: The source cannot be opened.
        OutputError: The output cannot be opened, or failed and never came back.
    """
    keeper = _LastImage(plan.open_output) if plan.files else None

    chosen = SameSource(settings.source)

    def source() -> Source:
        return chosen.open(size=settings.size, fps=settings.fps, loop=loop)

    engine = Engine(
        settings,
        open_source=source,
        open_output=keeper.open if keeper else plan.open_output,
        open_window=plan.open_window,
    )
    with engine, _interruptible():
        on_start(engine.status())
        _wait(engine, plan)
    status = engine.status()
    if "output" in status.problems:
        raise OutputError(status.problems["output"])
    if keeper:
        keeper.save(DEMO_PICTURE)
    return status


def has_display() -> bool:
    """Whether a window can be shown on this machine."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn Ctrl-C and a request to terminate into the end of the context."""
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if main else None
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def _wait(engine: Engine, plan: Plan) -> None:
    deadline = math.inf if plan.seconds is None else time.monotonic() + plan.seconds
    # In slices, because Windows does not interrupt a wait.
    while (left := deadline - time.monotonic()) > 0:
        if engine.wait(min(left, 0.25)) or (plan.ends_with_window and engine.window_closed):
            return


def _first(opened: Output, reopen: Callable[[], Output]) -> Callable[[], Output]:
    """Hand out an output that is open already, and open a new one after that."""
    waiting = [opened]
    return lambda: waiting.pop() if waiting else reopen()


class _LastImage(Output):
    """Passes frames on and remembers the newest, for the demo picture."""

    def __init__(self, open_output: Callable[[], Output]) -> None:
        self._open_output = open_output
        self._image: Image | None = None

    def open(self) -> Output:
        self._inner = self._open_output()
        self.name, self.size = self._inner.name, self._inner.size
        return self

    def send(self, image: Image) -> None:
        self._inner.send(image)
        self._image = image.copy()

    def close(self) -> None:
        self._inner.close()

    def save(self, path: Path) -> None:
        from overlay.pictures import save_picture

        if self._image is not None:
            save_picture(path, self._image)
