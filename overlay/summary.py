"""What the command line prints for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from overlay.analysis import Analysis
    from overlay.engine import Status
    from overlay.perception.verify import ModelStatus
    from overlay.precedence import Effective
    from overlay.sources import CameraInfo


def print_start(status: Status, seconds: float | None) -> None:
    """Say in one line what is going on and how it ends."""
    end = "Ctrl-C ends it" if seconds is None else f"for {seconds:g} s; Ctrl-C ends it earlier"
    line = f"{status.source} -> {status.window or status.output}, mode {status.mode}, {end}"
    Console(stderr=True).print(line, highlight=False, markup=False)


def print_summary(status: Status, *, files: Sequence[Path] = ()) -> None:
    """Print how a run went, on one screen."""
    table = _table()
    seconds = max(status.seconds, 1e-9)
    table.add_row("mode", "paused" if status.paused else status.mode)
    table.add_row("source", status.source)
    table.add_row("output", f"{status.output}, {status.width}x{status.height}")
    if status.window:
        table.add_row("window", status.window)
    table.add_row("frames", f"{status.frames_in} in, {status.frames_out} out{_kinds(status)}")
    table.add_row("fps", f"{status.frames_out / seconds:.1f} over {seconds:.1f} s")
    table.add_row("faces", f"{status.tracks} seen, {status.faces} at the end")
    table.add_row("emotions", describe_emotions(status.emotions))
    if status.label_age_ms is not None:
        table.add_row("label age", f"{status.label_age_ms:.0f} ms (95 % are younger)")
    for room, problem in status.problems.items():
        table.add_row(f"{room} problem", problem)
    for file in files:
        table.add_row("saved", str(file))
    Console().print(table)


def print_status(status: Mapping[str, Any]) -> None:
    """Print what the running application does, from its answer over the control channel."""
    table = _table()
    table.add_row("mode", f"{status['mode']}, paused" if status["paused"] else status["mode"])
    if status["recording"]:
        table.add_row("recording", status["recording"])
    table.add_row("source", status["source"])
    table.add_row(
        "output",
        f"{status['output']}, {status['width']}x{status['height']} at {status['fps']:.1f} fps",
    )
    table.add_row("window", status["window"] or "none")
    table.add_row("faces", str(status["faces"]))
    for room, problem in status["problems"].items():
        table.add_row(f"{room} problem", problem)
    Console().print(table)


def print_settings(effective: Effective) -> None:
    """Print every setting in effect and where it comes from."""
    table = _table()
    for name, value in effective.settings.model_dump().items():
        table.add_row(name, to_json(value), effective.origins[name])
    Console().print(table)
    there = "" if effective.path.exists() else " (not there yet)"
    Console().print(f"file: {effective.path}{there}", soft_wrap=True, highlight=False)


def print_analysis(analysis: Analysis, *, files: Sequence[Path] = ()) -> None:
    """Print what was read in a file."""
    table = _table()
    table.add_row("input", analysis.input)
    table.add_row("frames", str(analysis.frames))
    table.add_row("faces", f"{analysis.faces} in {analysis.frames_with_faces} of the frames")
    table.add_row("emotions", describe_emotions(analysis.emotions))
    for warning in analysis.warnings:
        table.add_row("attention", warning)
    for file in files:
        table.add_row("saved", str(file))
    Console().print(table)


def print_models(models: Sequence[ModelStatus]) -> None:
    """Print whether each model can be used."""
    table = _table()
    for model in models:
        table.add_row("ok" if model.ok else "problem", model.name, model.detail)
        if model.path:
            table.add_row("", "", str(model.path))
    Console().print(table)


def describe_emotions(emotions: Mapping[str, int]) -> str:
    """Say in one line how often each label was read.

    Example:
        >>> describe_emotions({"happy": 3, "neutral": 1})
        'looked happy 75 %, neutral 25 %'
    """
    total = sum(emotions.values())
    if not total:
        return "none read"
    ranked = sorted(emotions.items(), key=lambda item: -item[1])
    return "looked " + ", ".join(f"{name} {100 * count / total:.0f} %" for name, count in ranked)


def print_cameras(cameras: Sequence[CameraInfo]) -> None:
    """Print the cameras of this machine, one a line."""
    if not cameras:
        Console().print("No camera was found. `--source demo` shows the job without one.")
        return
    table = _table()
    for camera in cameras:
        use = f"--source webcam:{camera.index}" if camera.usable else "virtual, never a source"
        table.add_row(str(camera.index), camera.name, str(camera.path or ""), use)
    Console().print(table)


def _table() -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(4):
        table.add_column(overflow="fold")
    return table


def _kinds(status: Status) -> str:
    kinds = [f"{status.labelled} with labels"] if status.labelled else []
    kinds += [f"{status.placeholders} placeholders"] if status.placeholders else []
    return f" ({', '.join(kinds)})" if kinds else ""
