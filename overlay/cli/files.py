"""Commands for pictures and videos."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from overlay.cli import options
from overlay.cli.help import FILES, PanelCommand
from overlay.cli.log_run import log_run
from overlay.printable import printable

app = typer.Typer()


@app.command(cls=PanelCommand, rich_help_panel=FILES)
@log_run("analyze")
def analyze(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Pictures, videos or folders of them."),
    ],
    save: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Save the labelled picture, video or folder here."),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one JSON object per frame here; - for stdout."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a table with one row per face here.")
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the same table as Parquet here.")
    ] = None,
    recursive: Annotated[
        bool, typer.Option("--recursive/--no-recursive", help="Read subfolders too.")
    ] = True,
    jobs: Annotated[
        int,
        typer.Option(
            metavar="N", parser=options.number(int, 1, 256), help="How many files to read at once."
        ),
    ] = 1,
    every: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            parser=options.number(float, 0.01),
            help="Read one frame of a video every so many seconds.",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Read the files on the Dask cluster with this scheduler."
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over instead of continuing an interrupted run.")
    ] = False,
    codec: options.Codec = None,
    force: options.Force = False,
    sensitivity: options.Sensitivity = None,
    theme: options.Theme = None,
    language: options.Language = None,
    bars: options.Bars = None,
) -> None:
    """Read the faces in files; save labels and numbers."""
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.analysis import Targets
        from overlay.analysis import analyze as analyze_files
        from overlay.summary import print_analysis
    if dask is not None and jobs != 1:
        raise typer.BadParameter("--jobs is for this machine: leave it out with --dask")
    settings = options.settings_in_effect(
        codec=codec, sensitivity=sensitivity, theme=theme, language=language, bars=bars
    )
    targets = Targets(save, json, csv, parquet)

    def say(line: str) -> None:
        print(f"emotion-overlay: {printable(line)}", file=sys.stderr)

    analysis = analyze_files(
        inputs,
        targets,
        settings=settings,
        recursive=recursive,
        every_s=every,
        jobs=jobs,
        dask=dask,
        force=force,
        fresh=fresh,
        say=say,
    )
    if targets.prints:
        for warning in analysis.warnings:
            say(warning)
    else:
        print_analysis(analysis, files=[*([save] if save else []), *targets.files])
