"""What `emotion-overlay bench` prints for people: ratios first, absolute figures second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.table import Table

from overlay.bench.figures import Figures, Percentiles
from overlay.bench.footprint import Package
from overlay.bench.runs import Comparison
from overlay.bench.soak import Stretch
from overlay.bench.stages import STAGES
from overlay.bench.variants import VARIANTS

_NAMES = {"copy": "plain copy", "app": "app", "loop": "sync loop"}

_ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("fps out", lambda f: f"{f.fps:.1f}"),
    ("dropped, repeated", lambda f: f"{f.dropped}, {f.repeated}"),
    ("jitter, ms", lambda f: _three(f.jitter_ms)),
    ("glass to output, ms", lambda f: _three(f.latency_ms)),
    ("label age, ms", lambda f: _three(f.label_age_ms)),
    ("labelled faces", lambda f: f"{f.faces:.1f}"),
    ("CPU, cores", lambda f: f"{f.cpu:.3f}"),
    ("memory, MiB", lambda f: "-" if f.resident_mb is None else f"{f.resident_mb:.0f}"),
    ("start: imports, s", lambda f: f"{f.start_up.imports:.2f}"),
    ("start: models, s", lambda f: _seconds(f.start_up.models)),
    ("start: first frame, s", lambda f: f"{f.start_up.first_frame:.2f}"),
    ("start: first label, s", lambda f: _seconds(f.start_up.first_label)),
)


def print_comparison(comparison: Comparison) -> None:
    """Print one comparison: ratios, figures, stages."""
    console = Console(highlight=False)
    width, height = comparison.size
    plural = "face" if comparison.faces == 1 else "faces"
    console.print(f"\n[bold]{width}x{height}, 30 fps, {comparison.faces} {plural}[/bold]")
    console.print(
        f"app over plain copy: {100 * comparison.cpu_over_copy:+.1f} % of one core, "
        f"{comparison.added_latency_ms:+.1f} ms latency (p95)\n"
        f"CPU a picture, sync loop over app: {comparison.loop_over_app:.1f}x; "
        f"for the labels alone: {comparison.labels_loop_over_app:.1f}x\n"
        f"analyze --save of a video file: {comparison.files:.1f}x real time"
    )
    console.print(_figures(comparison))
    console.print(_stages(comparison.variants["app"]))


def print_footprint(packages: Sequence[Package]) -> None:
    """Print what each package costs."""
    table = Table("package", "version", "MB", "needed by", box=None)
    for package in packages:
        needed = ", ".join(package.needed_by)
        table.add_row(package.name, package.version, f"{package.megabytes:.1f}", needed)
    table.add_row("all", "", f"{sum(package.megabytes for package in packages):.1f}", "")
    Console(highlight=False).print(table)


def print_soak(stretches: Iterable[Stretch]) -> None:
    """Print a long run, a line a stretch as it ends, and how much the memory grew after the first.

    Raises:
        OverlayError: as `soak` does.
    """
    print("minutes  fps out  dropped  glass to output, ms       memory, MiB  objects", flush=True)
    resident = []
    for stretch in stretches:
        arrived, memory = stretch.delivery, stretch.resident_mb
        resident.append(memory)
        print(
            f"{stretch.ended_s / 60:7.1f}  {arrived.fps:7.1f}  {arrived.dropped:7d}  "
            f"{_three(arrived.latency_ms):24s}  "
            f"{'-' if memory is None else f'{memory:.1f}':>11s}  {stretch.objects:7d}",
            flush=True,
        )
    if resident and resident[0] is not None and resident[-1] is not None:
        print(f"memory since the first line: {resident[-1] - resident[0]:+.1f} MiB")


def _figures(comparison: Comparison) -> Table:
    table = Table("p50 / p95 / p99", *(_NAMES[name] for name in VARIANTS), box=None)
    for title, show in _ROWS:
        table.add_row(title, *(show(comparison.variants[name]) for name in VARIANTS))
    return table


def _stages(app: Figures) -> Table:
    table = Table("stage of the app, ms", "p50", "p95", box=None)
    for stage in STAGES:
        if times := app.stages_ms.get(stage):
            table.add_row(stage, f"{times.p50:.2f}", f"{times.p95:.2f}")
    return table


def _three(times: Percentiles | None) -> str:
    return "-" if times is None else f"{times.p50:.1f} / {times.p95:.1f} / {times.p99:.1f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
