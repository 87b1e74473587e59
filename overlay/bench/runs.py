"""Runs the variants one after the other, each in its own process, and compares them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from overlay.bench.child import Job
from overlay.bench.clip import write_clip
from overlay.bench.figures import Figures, Percentiles, StartUp
from overlay.bench.variants import VARIANTS, Variant
from overlay.errors import OverlayError, SourceError

FPS = 30.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The variants side by side, from one run.

    Attributes:
        size: Width and height in pixels.
        faces: How many faces are in the picture.
        variants: Figures of each.
        files: Seconds of a video that `analyze --save` labels in one second.
    """

    size: tuple[int, int]
    faces: int
    variants: dict[Variant, Figures]
    files: float

    @property
    def cpu_over_copy(self) -> float:
        """Cores that the application takes beyond a plain copy."""
        return self.variants["app"].cpu - self.variants["copy"].cpu

    @property
    def loop_over_app(self) -> float:
        """How many times more CPU a picture takes in the synchronous loop than in the app."""
        app, loop = self.variants["app"], self.variants["loop"]
        return (loop.cpu / loop.fps) / (app.cpu / app.fps)

    @property
    def labels_loop_over_app(self) -> float:
        """The same for what comes on top of the plain copy: the price of the labels."""
        copy, app, loop = (self.variants[name] for name in VARIANTS)
        floor = copy.cpu / copy.fps
        return (loop.cpu / loop.fps - floor) / max(app.cpu / app.fps - floor, 1e-6)

    @property
    def added_latency_ms(self) -> float:
        """95th percentile of the app's latency beyond that of the copy."""
        return self.variants["app"].latency_ms.p95 - self.variants["copy"].latency_ms.p95

    def as_dict(self) -> dict[str, Any]:
        """Everything in types that JSON knows."""
        return {
            "size": list(self.size),
            "faces": self.faces,
            "ratios": {
                "cpu_over_copy": self.cpu_over_copy,
                "loop_over_app": self.loop_over_app,
                "labels_loop_over_app": self.labels_loop_over_app,
                "added_latency_ms": self.added_latency_ms,
                "analyze_over_real_time": self.files,
            },
            "variants": {name: asdict(figures) for name, figures in self.variants.items()},
        }


def bench(
    sizes: Sequence[tuple[int, int]],
    faces: Sequence[int],
    seconds: float,
    *,
    busy: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Iterator[Comparison]:
    """Compare the variants for each size and number of faces.

    Args:
        sizes: Width and height in pixels.
        faces: Numbers of faces.
        seconds: How long each variant is measured, after it is warm.
        busy: Whether another process keeps one core busy meanwhile.
        progress: Is told what is being done.

    Raises:
        OverlayError: A variant failed, or there is no demo picture.
    """
    with tempfile.TemporaryDirectory(prefix="emotion-overlay-") as folder, _load(busy):
        for size in sizes:
            for count in faces:
                clip = Path(folder) / f"{size[0]}x{size[1]}-{count}.avi"
                progress(f"{size[0]}x{size[1]}, {count} faces: drawing the clip")
                write_clip(clip, size=size, faces=count, fps=FPS)
                variants = {}
                for variant in VARIANTS:
                    progress(f"{size[0]}x{size[1]}, {count} faces: {variant}")
                    variants[variant] = _run(variant, clip, seconds)
                progress(f"{size[0]}x{size[1]}, {count} faces: analyze --save")
                files = float(_child("analyze --save", "files", str(clip)))
                clip.unlink()
                yield Comparison(size, count, variants, files)


def _run(variant: Variant, clip: Path, seconds: float) -> Figures:
    job = Job(variant, str(clip), FPS, seconds, time.monotonic())
    return _to_figures(
        json.loads(_child(f"the variant '{variant}'", "child", json.dumps(asdict(job))))
    )


def _child(what: str, module: str, argument: str) -> str:
    """The last line that a process of a module of this package prints."""
    command = [sys.executable, "-m", f"overlay.bench.{module}", argument]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OverlayError(f"{what} failed ({reason}): run `emotion-overlay doctor`")
    return done.stdout.splitlines()[-1]


def _to_figures(raw: dict[str, Any]) -> Figures:
    age = raw["label_age_ms"]
    return Figures(
        **{
            **raw,
            "jitter_ms": Percentiles(**raw["jitter_ms"]),
            "latency_ms": Percentiles(**raw["latency_ms"]),
            "label_age_ms": Percentiles(**age) if age else None,
            "start_up": StartUp(**raw["start_up"]),
            "stages_ms": {name: Percentiles(**each) for name, each in raw["stages_ms"].items()},
        }
    )


@contextmanager
def _load(busy: bool) -> Iterator[None]:
    """Keep one core busy with another process, or not."""
    if not busy:
        yield
        return
    burner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        burner.kill()
        burner.wait()


def parse_sizes(text: str) -> list[tuple[int, int]]:
    """Read sizes such as `720p,1080p`, of 16:9 pictures, or `640x480`.

    Raises:
        SourceError: Something in it is not a size.
    """
    sizes = []
    for part in text.split(","):
        height = part.removesuffix("p")
        width, cross, rest = part.partition("x")
        if part.endswith("p") and height.isdecimal():
            sizes.append((round(int(height) * 16 / 18) * 2, int(height)))
        elif cross and width.isdecimal() and rest.isdecimal():
            sizes.append((int(width), int(rest)))
        else:
            raise SourceError(f"'{part}' is not a size: use for example 720p,1080p or 640x480")
    return sizes


def parse_faces(text: str) -> list[int]:
    """Read numbers of faces such as `1,4,9`.

    Raises:
        SourceError: Something in it is no number.
    """
    if not all(part.isdecimal() for part in text.split(",")):
        raise SourceError(f"'{text}' does not say how many faces: use for example 1,4,9")
    return [int(part) for part in text.split(",")]
