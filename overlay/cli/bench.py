"""The command `emotion-overlay bench`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps as to_json
from typing import Annotated

import typer

from overlay.cli.help import SET_UP, PanelCommand
from overlay.cli.options import number

app = typer.Typer()


@app.command(cls=PanelCommand, rich_help_panel=SET_UP)
def bench(
    size: Annotated[str, typer.Option(metavar="SIZES", help="Picture sizes.")] = "720p",
    faces: Annotated[str, typer.Option(metavar="NUMBERS", help="Numbers of faces.")] = "1,4,9,25",
    seconds: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", parser=number(float, 1), help="How long to measure each variant."
        ),
    ] = 10,
    busy: Annotated[
        bool, typer.Option("--busy", help="Keep one core busy at the same time.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per comparison.")
    ] = False,
    soak: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES",
            parser=number(float, 0.1),
            help="Instead, run this long at four times the pace and watch memory use.",
        ),
    ] = None,
    footprint: Annotated[
        bool,
        typer.Option("--footprint", help="Instead, show how much disk space each package takes."),
    ] = False,
) -> None:
    """Measure what labels cost on this machine, compared with a plain copy of the video."""
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.bench import runs, tables
    if footprint:
        from overlay.bench.footprint import footprint as weigh

        packages = weigh()
        if json:
            print(to_json([asdict(package) for package in packages]))
        else:
            tables.print_footprint(packages)
        return

    def progress(line: str) -> None:
        print(line, file=sys.stderr)

    plan = runs.parse_sizes(size), runs.parse_faces(faces)
    if soak is not None:
        from overlay.bench.soak import soak as run_long

        stretches = run_long(plan[0][0], plan[1][0], 60 * soak, progress=progress)
        if json:
            for stretch in stretches:
                print(to_json(asdict(stretch)), flush=True)
        else:
            tables.print_soak(stretches)
        return
    for comparison in runs.bench(*plan, seconds, busy=busy, progress=progress):
        if json:
            print(to_json(comparison.as_dict()), flush=True)
        else:
            tables.print_comparison(comparison)
