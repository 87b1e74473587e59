"""The main job: source to output until told to stop, with whatever this machine has."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from overlay.app import App
from overlay.engine import Status
from overlay.errors import OutputError
from overlay.host.display import has_display
from overlay.host.interrupts import interrupts
from overlay.outputs import Output, open_output, video_path
from overlay.scene import Image
from overlay.settings import Settings
from overlay.sources import means_camera, means_video
from overlay.targets import check_targets, free_name

#: How long the job is shown where there is neither a virtual camera nor a display, in seconds.
DEMO_SECONDS = 10.0

#: The files it is shown in, or the next free names.
DEMO_VIDEO = Path("demo.mp4")
DEMO_PICTURE = Path("demo.png")


@dataclass(frozen=True, slots=True)
class Plan:
    """Where one run's frames go.

    Attributes:
        settings: What to run, with an output chosen.
        open_output: Opens that output, where it is open already.
        seconds: How long to run; None until stopped.
        files: Video and picture the run is saved in, where the user did not name any.
        notice: What the user should know before it starts, or None.
    """

    settings: Settings
    open_output: Callable[[], Output] | None = None
    seconds: float | None = None
    files: tuple[Path, ...] = ()
    notice: str | None = None


def plan(settings: Settings, seconds: float | None, *, force: bool = False) -> Plan:
    """Choose source and output: those asked for, or what shows the job best on this machine.

    Args:
        settings: What is asked for.
        seconds: How long to run; None until stopped.
        force: Whether a video file that is there already may be replaced, without asking.

    Raises:
        TargetError: The video file would overwrite the source, or another file unasked.
    """
    settings = _with_source(settings)
    if (video := video_path(settings.output)) is not None:
        check_targets([video], inputs=[Path(settings.source)], force=force)
        return Plan(settings, _replacing(video, settings), seconds)
    if settings.output != "auto":
        return Plan(settings, seconds=seconds)

    def virtual() -> Output:
        return open_output("virtual", size=settings.size, fps=settings.fps)

    try:
        camera = virtual()
    except OutputError as error:
        if has_display():
            shown = settings.model_copy(update={"output": "window"})
            return Plan(shown, seconds=seconds, notice=str(error))
        files = (free_name(DEMO_VIDEO), free_name(DEMO_PICTURE))
        return Plan(
            settings.model_copy(update={"output": str(files[0])}),
            seconds=DEMO_SECONDS if seconds is None else seconds,
            files=files,
            notice=str(error),
        )
    return Plan(settings, _first(lambda: camera, virtual), seconds)


def is_conversion(settings: Settings) -> bool:
    """Whether a video file becomes another one, which needs no clock, and nobody to control it."""
    return means_video(settings.source) and video_path(settings.output) is not None


def _replacing(video: Path, settings: Settings) -> Callable[[], Output]:
    """Open the video in place of an older one; again, after a loss, beside what was recorded."""
    from overlay.outputs.video_file import VideoFile

    def open_video(replace: bool) -> Output:
        return VideoFile(video, settings.size, settings.fps, replace=replace, codec=settings.codec)

    return _first(lambda: open_video(replace=True), lambda: open_video(replace=False))


def _with_source(settings: Settings) -> Settings:
    """Settle on the demo where there is no webcam; it shows labels unless a mode was asked for."""
    if settings.source != "auto" or means_camera("auto"):
        return settings
    shown = {} if "mode" in settings.model_fields_set else {"mode": "on-air"}
    return settings.model_copy(update={"source": "demo", **shown})


def run(
    plan: Plan,
    *,
    loop: bool = False,
    serve: Callable[[App], None] = lambda app: None,
    on_start: Callable[[Status], None] = lambda status: None,
    say: Callable[[str], None] = lambda line: None,
) -> Status:
    """Carry frames from source to output until the time is up, the source ends, or a signal.

    Args:
        plan: What to run.
        loop: Whether a file starts again at its end.
        serve: Is given the application before anything is opened, to let others control it.
        on_start: Is told once, as soon as everything is open.
        say: Is given a line when a problem begins and when it ends.

    Returns:
        The status at the end, for the summary.

    Raises:
        SourceError: The source cannot be opened.
        ConsentError: It is a webcam, and the user has not agreed to its being read.
        OutputError: The output cannot be opened, or failed and never came back.
    """
    keeper = _LastImage(plan.settings) if plan.files else None
    open_output = keeper.open if keeper else plan.open_output
    app = App(plan.settings, retry_open=False, loop=loop, open_output=open_output)
    app.subscribe(_ProblemTeller(app, say))
    serve(app)
    with interrupts(), suppress(KeyboardInterrupt), app:
        on_start(app.status())
        _wait(app, plan)
    status = app.status()
    if "output" in status.problems:
        raise OutputError(status.problems["output"])
    if keeper:
        keeper.save(plan.files[1])
    return status


class _ProblemTeller:
    """Says which problems began and which ended, whenever something has changed."""

    def __init__(self, app: App, say: Callable[[str], None]) -> None:
        self._app = app
        self._say = say
        self._told: frozenset[str] = frozenset()

    def __call__(self) -> None:
        problems = self._app.status().problems
        rooms: frozenset[str] = frozenset(problems)
        for room, problem in problems.items():
            if room not in self._told:
                self._say(f"{room}: {problem}")
        for mended in sorted(self._told - rooms):
            self._say(f"{mended}: working again")
        self._told = rooms


def _wait(app: App, plan: Plan) -> None:
    deadline = math.inf if plan.seconds is None else time.monotonic() + plan.seconds
    while (left := deadline - time.monotonic()) > 0:
        # A window that is all there is to see ends the run when it is closed.
        if app.wait(min(left, 0.25)) or (plan.settings.output == "window" and app.window_closed):
            return


def _first(first: Callable[[], Output], then: Callable[[], Output]) -> Callable[[], Output]:
    """Open an output in one way the first time, and in another one after that."""
    waiting = [first]
    return lambda: (waiting.pop() if waiting else then)()


class _LastImage(Output):
    """Passes frames on and remembers the newest, for the demo picture."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._image: Image | None = None

    def open(self) -> Output:
        now = self._settings
        self._inner = open_output(now.output, size=now.size, fps=now.fps, codec=now.codec)
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
