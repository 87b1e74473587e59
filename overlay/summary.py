"""What the command line prints for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from json import dumps as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overlay.host.columns import columns
from overlay.printable import printable

if TYPE_CHECKING:
    from overlay.analysis import Analysis
    from overlay.analysis.results import Counts
    from overlay.engine import Status
    from overlay.perception.verify import ModelStatus
    from overlay.settings.precedence import Effective
    from overlay.sources import CameraInfo

#: A value up to this long has its origin in a column beside it, in characters.
_SHORT_VALUE = 10


def print_start(status: Status, seconds: float | None) -> None:
    """Say in one line what is going on and how it ends."""
    end = "Ctrl-C ends it" if seconds is None else f"for {seconds:g} s; Ctrl-C ends it earlier"
    line = f"{status.source} -> {status.window or status.output}, mode {status.mode}, {end}"
    print(printable(line), file=sys.stderr)


def print_summary(status: Status, *, files: Sequence[Path] = ()) -> None:
    """Print how a run went, on one screen."""
    seconds = max(status.seconds, 1e-9)
    rows = [
        ("mode", "paused" if status.paused else status.mode),
        ("source", printable(status.source)),
        ("output", f"{printable(status.output)}, {status.width}x{status.height}"),
    ]
    if status.window:
        rows.append(("window", "open"))
    rows += [
        ("frames", f"{status.frames_in} in, {status.frames_out} out{_kinds(status)}"),
        ("fps", f"{status.frames_out / seconds:.1f} over {seconds:.1f} s"),
        ("faces", f"{status.tracks} seen, {status.faces} at the end"),
        ("emotions", describe_emotions(status.emotions)),
    ]
    if status.label_age_ms:  # a converted file has labels of the very frame
        rows.append(("label age", f"95 % younger than {status.label_age_ms:.0f} ms"))
    rows += [(f"{room} problem", problem) for room, problem in status.problems.items()]
    rows += [("warning", printable(warning)) for warning in status.warnings]
    rows += [("saved", printable(str(file))) for file in files]
    print(columns(rows))


def print_status(status: Mapping[str, Any]) -> None:
    """Print what the running application does, from its answer over the control channel."""
    rows = [("mode", f"{status['mode']}, paused" if status["paused"] else status["mode"])]
    if status["recording"]:
        rows.append(("recording", status["recording"]))
    if status["sharing"]:
        rows.append(("sharing", f"with {status['sharing']}"))
    size = f"{status['width']}x{status['height']}"
    rows += [
        ("source", status["source"]),
        ("output", f"{status['output']}, {size} at {status['fps']:.1f} fps"),
        ("window", "open" if status["window"] else "closed"),
        ("faces", str(status["faces"])),
    ]
    rows += [(f"{room} problem", problem) for room, problem in status["problems"].items()]
    print(columns(rows))


def print_settings(effective: Effective) -> None:
    """Print every setting in effect and where it comes from."""
    values = effective.settings.model_dump()
    width = max(len(_as_toml(value)) for value in values.values())
    width = min(width, _SHORT_VALUE)
    print(
        columns(
            (name, f"{_as_toml(value):<{width}}  {effective.origins[name]}")
            for name, value in values.items()
        )
    )
    there = "" if os.path.exists(effective.path) else " (not there yet)"
    print(f"file: {effective.path}{there}")


def print_analysis(analysis: Analysis, *, files: Sequence[Path] = ()) -> None:
    """Print what was read in files: in all of them, and in each if there are several."""
    total = analysis.total
    rows = [("input", printable(", ".join(analysis.inputs)))]
    if analysis.files > 1:
        rows.append(("files", str(analysis.files)))
    rows += [
        ("frames", str(total.frames)),
        ("faces", f"{total.faces} in {total.frames_with_faces} of the frames"),
        ("emotions", describe_emotions(total.emotions)),
    ]
    rows += [("warning", printable(warning)) for warning in analysis.warnings]
    rows += [("saved", printable(str(file))) for file in files]
    if analysis.files > 1:
        print(
            columns([(printable(name), _in_file(each)) for name, each in analysis.by_file.items()])
        )
        if more := analysis.files - len(analysis.by_file):
            print(f"and {more} more; --csv has all of them")
        print()
    print(columns(rows))


def _in_file(counts: Counts) -> str:
    """What was read in one of several files."""
    frames = f" in {counts.frames_with_faces} of {counts.frames} frames" * (counts.frames > 1)
    faces = f"{counts.faces} {'face' if counts.faces == 1 else 'faces'}{frames}"
    return f"{faces}, {describe_emotions(counts.emotions)}" if counts.faces else faces


def print_models(models: Sequence[ModelStatus]) -> None:
    """Print whether each model can be used."""
    print(
        columns(
            ("ok" if model.ok else "problem", f"{model.name}: {model.detail}\n{model.path or ''}")
            for model in models
        )
    )


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
    """Print the cameras of this machine, and how each is chosen."""
    if not cameras:
        print("No camera was found. `--source demo` shows the application without one.")
        return
    print(
        columns(
            (
                f"--source webcam:{camera.index}" if camera.usable else "virtual, not a source",
                f"{camera.description}\n{camera.path or ''}",
            )
            for camera in cameras
        )
    )


def _as_toml(value: Any) -> str:
    return to_json(value, ensure_ascii=False)


def _kinds(status: Status) -> str:
    kinds = [f"{status.labelled} with labels"] if status.labelled else []
    kinds += [f"{status.placeholders} placeholders"] if status.placeholders else []
    return f" ({', '.join(kinds)})" if kinds else ""
