"""The command line: thin commands over the rest, and the edge where errors become one line."""

from __future__ import annotations

import sys
from json import dumps as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overlay import __version__
from overlay.bench.cli import app as bench_app
from overlay.errors import OverlayError
from overlay.monitor.cli import app as monitor_app

if TYPE_CHECKING:
    from overlay.settings import Settings
    from overlay.settings_file import SettingsFile

app = typer.Typer(
    name="emotion-overlay",
    help="Label facial expressions on your own webcam picture, on your own machine.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="The face detector and the emotion network.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(monitor_app)
app.add_typer(bench_app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; known errors end as one line on stderr and exit code 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    try:
        app([argument for argument in arguments if argument != "--debug"])
    except OverlayError as error:
        if debug:
            raise
        print(f"emotion-overlay: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        if debug:
            raise
        line = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"emotion-overlay: unexpected {line}; --debug shows where", file=sys.stderr)
        sys.exit(1)


def _version(asked: bool) -> None:
    if asked:
        print(f"emotion-overlay {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        _run_tray()


def _run_tray() -> None:
    """Start the tray application, or bring the one that runs to notice."""
    from overlay.control import AlreadyRunningError, ControlServer, knock
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay.app import App
        from overlay.settings_file import SettingsFile
        from overlay.tray import run_tray
    try:
        with ControlServer() as server:
            file = SettingsFile()
            app = App(_settings(file=file), file=file)
            server.serve(app)
            run_tray(app)
    except AlreadyRunningError:
        knock()
        print("emotion-overlay is running already; it has been brought to your notice")


def _settings(*, file: SettingsFile | None = None, **options: Any) -> Settings:
    """The settings in effect; what is wrong with the settings file is said."""
    from overlay.precedence import resolve

    effective = resolve(options, file=file)
    for warning in effective.warnings:
        print(f"emotion-overlay: {warning}", file=sys.stderr)
    return effective.settings


@app.command()
def run(
    source: Annotated[
        str | None,
        typer.Option(help="auto, webcam, webcam:NAME, demo, or an image, folder or video."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            help="auto, virtual, virtual:DEVICE, pipewire, window, none, or a video file."
        ),
    ] = None,
    mode: Annotated[str | None, typer.Option(help="off, only-me or on-air.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after this long.", show_default=False)
    ] = None,
    width: Annotated[int | None, typer.Option(help="Output width in pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="Output height in pixels.")] = None,
    fps: Annotated[float | None, typer.Option(help="Frames a second.")] = None,
    fit: Annotated[str | None, typer.Option(help="crop or letterbox.")] = None,
    theme: Annotated[str | None, typer.Option(help="dark or light.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the labels: en, hi.")] = None,
    boxes: Annotated[bool | None, typer.Option(help="A box around each face.")] = None,
    bars: Annotated[bool | None, typer.Option(help="Bars of all seven emotions.")] = None,
    scale: Annotated[float | None, typer.Option(help="Size of text and lines.")] = None,
    perception_hz: Annotated[
        float | None, typer.Option(help="How often a second faces are read, at most.")
    ] = None,
    window: Annotated[bool | None, typer.Option(help="A private window in only-me.")] = None,
    window_on_top: Annotated[bool | None, typer.Option(help="Keep it above other windows.")] = None,
    mirror_window: Annotated[bool | None, typer.Option(help="Show it as a mirror does.")] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Start a file again at its end.")] = False,
) -> None:
    """Carry the webcam to the virtual camera, with labels according to the mode."""
    from overlay.control import AlreadyRunningError, ControlServer, knock
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay import run_command
        from overlay.summary import print_start, print_summary
    settings = _settings(
        source=source, output=output, mode=mode, width=width, height=height, fps=fps, fit=fit,
        theme=theme, language=language, boxes=boxes, bars=bars, scale=scale,
        perception_hz=perception_hz, window=window, window_on_top=window_on_top,
        mirror_window=mirror_window,
    )  # fmt: skip
    try:
        with ControlServer() as server:
            plan = run_command.plan(settings, seconds)
            if plan.notice:
                print(plan.notice, file=sys.stderr)
            status = run_command.run(
                plan,
                loop=loop,
                serve=server.serve,
                on_start=lambda status: print_start(status, plan.seconds),
            )
    except AlreadyRunningError:
        knock()
        raise
    print_summary(status, files=plan.files)


@app.command("settings")
def show_settings(
    json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show every setting in effect and where it comes from."""
    from overlay.precedence import resolve
    from overlay.summary import print_settings

    effective = resolve()
    for warning in effective.warnings:
        print(f"emotion-overlay: {warning}", file=sys.stderr)
    if json:
        print(to_json(effective.as_dict()))
    else:
        print_settings(effective)


@app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show what the running application does."""
    from overlay.control import ask
    from overlay.summary import print_status

    answer = ask("status")
    if json:
        print(to_json({"pid": answer["pid"], **answer["status"]}))
    else:
        print_status(answer["status"])


@app.command()
def mode(mode: Annotated[str, typer.Argument(help="on-air, only-me or off.")]) -> None:
    """Change who sees labels in the running application."""
    _tell("mode", mode)


@app.command()
def toggle() -> None:
    """Change between on-air and the mode before it."""
    _tell("toggle")


@app.command()
def pause() -> None:
    """Release the webcam, so that its light goes out."""
    _tell("pause")


@app.command()
def resume() -> None:
    """Take the webcam up again."""
    _tell("resume")


@app.command()
def panic() -> None:
    """Take labels off everywhere, at once."""
    _tell("panic")


@app.command()
def stop() -> None:
    """End the running application."""
    from overlay.control import ask, wait_until_gone
    from overlay.errors import ControlError

    ask("stop")
    if not wait_until_gone():
        raise ControlError("the running application takes long to end; it was asked to")
    print("stopped")


def _tell(command: str, value: str | None = None) -> None:
    """Have the running application do something, and say how it is then."""
    from overlay.control import ask

    status = ask(command, value)["status"]
    print(f"{status['mode']}, paused" if status["paused"] else status["mode"])


@app.command()
def analyze(
    input: Annotated[str, typer.Argument(help="An image, a folder of images, or a video.")],
    save: Annotated[
        Path | None, typer.Option(help="Save the labelled picture, folder or video here.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write one JSON object a frame here; - for stdout.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="dark or light.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the labels: en, hi.")] = None,
    bars: Annotated[bool | None, typer.Option(help="Bars of all seven emotions.")] = None,
) -> None:
    """Read the faces in a file and save labels and numbers."""
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay.analysis import analyze as analyze_file
        from overlay.summary import print_analysis
    settings = _settings(theme=theme, language=language, bars=bars)
    analysis = analyze_file(input, save=save, json_path=json, settings=settings)
    if str(json) != "-":
        print_analysis(analysis, files=[path for path in (save, json) if path])


@app.command()
def cameras() -> None:
    """List the cameras of this machine."""
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay.sources import list_cameras
        from overlay.summary import print_cameras
    print_cameras(list_cameras())


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Do what can be done without surprises; never as root.")
    ] = False,
) -> None:
    """Find what stands between this machine and a working call; exit code 1 if anything does."""
    from overlay import doctor as practice
    from overlay.doctor.report import as_json, print_findings

    findings = practice.examine()
    if fix:
        for line in practice.fix(findings):
            print(line, file=sys.stderr)
        findings = practice.examine()
    if json:
        print(as_json(findings))
    else:
        print_findings(findings)
    if not practice.works(findings):
        raise typer.Exit(1)


@models_app.command("install")
def models_install() -> None:
    """Fetch the face detector into your data folder; the running app never downloads."""
    from overlay.models_store import install_detector

    install_detector(progress=print)


@models_app.command("verify")
def models_verify() -> None:
    """Check that the models are there and unaltered; exit code 2 if not."""
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay.perception.verify import verify_models
        from overlay.summary import print_models
    statuses = verify_models()
    print_models(statuses)
    if not all(status.ok for status in statuses):
        raise typer.Exit(2)


if __name__ == "__main__":
    main()
