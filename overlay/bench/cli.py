"""The command `emotion-overlay bench`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps as to_json
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def bench(
    size: Annotated[str, typer.Option(help="Sizes of the picture.")] = "720p",
    faces: Annotated[str, typer.Option(help="Numbers of faces.")] = "1,4,9,25",
    seconds: Annotated[float, typer.Option(min=1, help="How long each variant is measured.")] = 10,
    busy: Annotated[bool, typer.Option("--busy", help="Keep one core busy meanwhile.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a comparison.")] = False,
    soak: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="MINUTES", help="Run long, at four times the pace, instead."),
    ] = None,
    footprint: Annotated[
        bool, typer.Option("--footprint", help="Show what each package costs on disk instead.")
    ] = False,
) -> None:
    """Measure what labels cost over a plain copy of the camera's picture, on this machine."""
    from overlay.libraries import system_libraries

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
