"""Commands for a call: start the application, and control the one that runs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from json import dumps as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overlay.cli import options
from overlay.cli.help import CALL, PanelCommand
from overlay.cli.log_run import log_run
from overlay.errors import SourceError

if TYPE_CHECKING:
    from overlay.conversion import Extent
    from overlay.settings import Settings

app = typer.Typer()


@log_run("tray")
def run_in_tray() -> None:
    """Start the tray application, or show the one that runs."""
    from overlay.control import AlreadyRunningError, ControlServer, activate
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.app import App
        from overlay.settings.file import SettingsFile
        from overlay.tray import run_tray
    try:
        with ControlServer() as server:
            file = SettingsFile()
            app = App(options.settings_in_effect(file=file), file=file)
            server.serve(app)
            run_tray(app, server)
    except AlreadyRunningError:
        activate()
        print("already running; `emotion-overlay status` shows what it is doing")


@app.command(cls=PanelCommand, rich_help_panel=CALL)
@log_run("run")
def run(
    source: options.Source = None,
    output: options.Output = None,
    mode: options.Mode = None,
    seconds: options.Seconds = None,
    width: options.Width = None,
    height: options.Height = None,
    fps: options.Fps = None,
    fit: options.Fit = None,
    codec: options.Codec = None,
    rotate: options.Rotate = None,
    flip: options.Flip = None,
    perception_hz: options.PerceptionHz = None,
    loop: options.Loop = False,
    force: options.Force = False,
    agree: options.Agree = False,
    sensitivity: options.Sensitivity = None,
    theme: options.Theme = None,
    language: options.Language = None,
    boxes: options.Boxes = None,
    bars: options.Bars = None,
    scale: options.Scale = None,
    window: options.Window = None,
    window_on_top: options.WindowOnTop = None,
    mirror_window: options.MirrorWindow = None,
) -> None:
    """Send the webcam to the virtual camera, with labels as the mode says."""
    from overlay.host.libraries import system_libraries

    settings = options.settings_in_effect(
        source=source, output=output, mode=mode, width=width, height=height, fps=fps, fit=fit,
        theme=theme, language=language, boxes=boxes, bars=bars, scale=scale,
        perception_hz=perception_hz, window=window, window_on_top=window_on_top,
        mirror_window=mirror_window, sensitivity=sensitivity, rotate=rotate, flip=flip,
        codec=codec,
    )  # fmt: skip
    with system_libraries():
        from overlay.run_command import is_conversion
    if is_conversion(settings) and not loop:
        from overlay.conversion import Extent

        extent = Extent(
            settings.width if width else None,
            settings.height if height else None,
            settings.fps if fps else None,
            seconds,
        )
        _convert(settings, extent, force=force)
    else:
        _run(settings, seconds=seconds, loop=loop, force=force, agreed=agree)


def _run(
    settings: Settings, *, seconds: float | None, loop: bool, force: bool, agreed: bool
) -> None:
    """Be the one running application until the source ends, the time is up, or a signal."""
    from overlay import run_command
    from overlay.app import App
    from overlay.classroom.membership import Membership
    from overlay.consent import ensure_consent
    from overlay.control import AlreadyRunningError, ControlServer, activate
    from overlay.summary import print_start, print_summary

    def serve(app: App) -> None:
        membership = Membership(app)
        server.offer(membership.offers(), membership.describe)
        server.serve(app)
        leaving.callback(membership.leave)

    try:
        with ControlServer() as server, ExitStack() as leaving:
            settings = ensure_consent(settings, agreed=agreed)
            plan = run_command.plan(settings, seconds, force=force)
            if plan.notice:
                print(plan.notice, file=sys.stderr)
            status = run_command.run(
                plan,
                loop=loop,
                serve=serve,
                on_start=lambda status: print_start(status, plan.seconds),
                say=lambda line: print(line, file=sys.stderr),
            )
    except AlreadyRunningError:
        activate()
        raise
    print_summary(status, files=plan.files)
    if "source" in status.problems:
        raise SourceError(f"the source was lost: {status.problems['source']}")


def _convert(settings: Settings, extent: Extent, *, force: bool) -> None:
    """Label a video file, frame by frame, whatever else is running."""
    from overlay.conversion import convert
    from overlay.summary import print_start, print_summary
    from overlay.targets import check_targets

    video = Path(settings.output)
    check_targets([video], inputs=[Path(settings.source)], force=force)
    if settings.mode != "on-air":
        print(
            f"mode {settings.mode}: no labels in {video}; --mode on-air draws them", file=sys.stderr
        )
    status = convert(settings, extent, on_start=lambda status: print_start(status, extent.seconds))
    print_summary(status, files=[video])


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def mode(
    mode: Annotated[
        str,
        typer.Argument(
            metavar="MODE",
            help="on-air, only-me or off.",
            autocompletion=lambda: ["on-air", "only-me", "off"],
        ),
    ],
) -> None:
    """Choose who sees labels: on-air, only-me or off."""
    _tell("mode", mode)


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def toggle() -> None:
    """Switch between on-air and the mode before it."""
    _tell("toggle")


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def panic() -> None:
    """Take all labels off at once."""
    _tell("panic")


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def pause() -> None:
    """Release the webcam, so that its light goes off."""
    _tell("pause")


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def resume() -> None:
    """Use the webcam again after a pause."""
    _tell("resume")


@app.command("forget-resting", cls=PanelCommand, rich_help_panel=CALL)
def forget_resting() -> None:
    """Learn again what each face looks like at rest."""
    _tell("forget-resting")


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def status(json: options.Json = False) -> None:
    """Show what the running application is doing."""
    from overlay.control import ask
    from overlay.summary import print_status

    answer = ask("status")
    if json:
        print(to_json({"pid": answer["pid"], **answer["status"]}))
    else:
        print_status(answer["status"])


@app.command(cls=PanelCommand, rich_help_panel=CALL)
def stop() -> None:
    """Quit the running application (also `quit`)."""
    from overlay.control import ask, wait_until_gone
    from overlay.errors import ControlError

    ask("stop")
    if not wait_until_gone():
        raise ControlError("the running application was asked to quit and is taking long")
    print("stopped")


app.command("quit", hidden=True)(stop)


def _tell(command: str, value: str | None = None) -> None:
    """Have the running application do something, and print how it is then."""
    from overlay.control import ask

    status = ask(command, value)["status"]
    print(f"{status['mode']}, paused" if status["paused"] else status["mode"])
