"""Ends applications that record a video, at random moments, and looks at what they leave."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from overlay.sources.video import VideoSource
from tests.conftest import REPOSITORY

#: What ends an application: signals, one soon after the other.
WAYS: dict[str, tuple[signal.Signals, ...]] = {
    "closed terminal": (signal.SIGHUP,),
    "closed terminal, twice": (signal.SIGHUP, signal.SIGHUP),
    "double Ctrl-C": (signal.SIGINT, signal.SIGINT),
    "Ctrl-C three times": (signal.SIGINT, signal.SIGINT, signal.SIGINT),
    "request to terminate": (signal.SIGTERM,),
    "Ctrl-C, then a closed terminal": (signal.SIGINT, signal.SIGHUP),
}

#: The signal comes at most so long after the recording began, and the next so long after it.
_LATEST_S, _LATEST_NEXT_S = 3.0, 0.6

#: How much of a video may be missing at its end, in seconds.
MISSING_S = 1.0

#: How long an application may take to end, in seconds.
_ENDS_WITHIN_S = 120

#: How many applications run at once.
_AT_ONCE = 4


@dataclass(frozen=True)
class End:
    """How one recording ended.

    Attributes:
        way: What ended it.
        missing_s: How much of the video is missing at its end, in seconds.
        faults: What is not as it must be, one line each.
    """

    way: str
    missing_s: float
    faults: tuple[str, ...]


def end_videos(ways: dict[str, int], folder: Path, seed: int) -> list[End]:
    """Record and end, in an empty folder, each in a folder of its own.

    Args:
        ways: How many recordings end in which way.
        folder: Where.
        seed: Which random moments.
    """
    draw = random.Random(seed)
    jobs = []
    for number, way in enumerate(way for way, count in ways.items() for _ in range(count)):
        own = folder / str(number)
        own.mkdir()
        moments = [draw.uniform(0, _LATEST_S), *(draw.uniform(0, _LATEST_NEXT_S) for _ in WAYS)]
        jobs.append((way, own, moments))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda job: _end_video(*job), jobs))


def _end_video(way: str, folder: Path, moments: list[float]) -> End:
    process = _start(folder)
    assert process.stderr is not None
    said = ""
    for said in process.stderr:
        if " -> out.mp4" in said:
            break
    else:
        return End(way, 0.0, (f"it did not start: {said}",))
    began_s = time.monotonic()
    time.sleep(moments[0])
    ran_s = time.monotonic() - began_s
    for each, gap_s in zip(WAYS[way], moments[1:], strict=False):
        process.send_signal(each)
        time.sleep(gap_s)
    try:
        _, errors = process.communicate(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return End(way, ran_s, (f"it did not end in {_ENDS_WITHIN_S} s",))
    missing_s, faults = _missing_s(folder / "out.mp4", ran_s)
    if process.returncode != 0:
        faults.append(f"exit code {process.returncode}: {errors[-500:]}")
    faults += [f"{path.name} is left" for path in _leftovers(folder)]
    return End(way, missing_s, tuple(faults))


def _start(folder: Path) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own = {
        "PYTHONPATH": str(REPOSITORY),
        "EMOTION_OVERLAY_CONFIG_DIR": str(folder / "config"),
        "EMOTION_OVERLAY_RUNTIME_DIR": str(folder / "run"),
        "EMOTION_OVERLAY_LOG_DIR": str(folder / "log"),
    }
    options = ("--source", "demo", "--output", "out.mp4", "--mode", "on-air")
    size = ("--width", "320", "--height", "180")
    return subprocess.Popen(
        [sys.executable, "-m", "overlay", "run", *options, *size],
        cwd=folder,
        env=inherited | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _missing_s(video: Path, ran_s: float) -> tuple[float, list[str]]:
    """How much is missing at the end of a recording that ran for so long, and what is wrong."""
    if not video.exists():
        # The source may not have delivered a frame before a very early end.
        return ran_s, [] if ran_s < MISSING_S else ["there is no video"]
    with VideoSource(video, pace=False) as source:
        last_s = max(frame.time_s for frame in source)
    missing_s = max(0.0, ran_s - last_s)
    return missing_s, [] if missing_s <= MISSING_S else [f"{missing_s:.1f} s are missing"]


def _leftovers(folder: Path) -> list[Path]:
    """Half-written files and sockets."""
    return [path for path in folder.rglob("*") if path.suffix in (".part", ".sock")]
