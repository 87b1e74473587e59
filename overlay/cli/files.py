"""Commands for pictures and videos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overlay.cli import options
from overlay.cli.help import FILES, PanelCommand
from overlay.cli.log_run import log_run

app = typer.Typer()


@app.command(cls=PanelCommand, rich_help_panel=FILES)
@log_run("analyze")
def analyze(
    input: Annotated[
        str, typer.Argument(metavar="INPUT", help="An image, a folder of images, or a video.")
    ],
    save: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Save the labelled picture, folder or video here."),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one JSON object a frame here; - for stdout."),
    ] = None,
    force: options.Force = False,
    sensitivity: options.Sensitivity = None,
    theme: options.Theme = None,
    language: options.Language = None,
    bars: options.Bars = None,
) -> None:
    """Read the faces in a file and save labels and numbers."""
    from overlay.libraries import system_libraries

    with system_libraries():
        from overlay.analysis import analyze as analyze_file
        from overlay.summary import print_analysis
    settings = options.settings_in_effect(
        sensitivity=sensitivity, theme=theme, language=language, bars=bars
    )
    analysis = analyze_file(input, save=save, json_path=json, settings=settings, force=force)
    if str(json) != "-":
        print_analysis(analysis, files=[path for path in (save, json) if path])
