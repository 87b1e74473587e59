"""The charts of the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from training.data import Tiles
from training.decision import risk_coverage
from training.metrics import calibration_error, ferplus_majority
from training.pictures import COLOURS, curves, matrix, new_figure, reliability
from training.slices import Slice

COVERAGES = tuple(share / 100 for share in range(100, 49, -5))
Floats = npt.NDArray[np.floating]
TITLES = {
    "fer2013": "fer2013, by FER2013 labels",
    "ferplus": "ferplus, by FER+ majority",
    "emotion": "emotion, as shown, by FER+ majority",
}


def confusion(figures: Mapping[str, Any]) -> Figure:
    """Confusion matrices of all heads, % of each true class."""
    figure, grid = new_figure(11, 3.9, columns=3)
    for axes, (head, title) in zip(grid, TITLES.items(), strict=True):
        names = figures[head]["labels"]
        matrix(axes, np.array(figures[head]["confusion"]), names, names)
        axes.set_title(title)
    grid[0].set_ylabel("true")
    return figure


def calibration(outputs: Mapping[str, npt.NDArray[np.floating]], tiles: Tiles) -> Figure:
    """Reliability diagrams of all heads."""
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    figure, grid = new_figure(10, 3.2, columns=3)
    for axes, head in zip(grid, TITLES, strict=True):
        labels = tiles.labels if head == "fer2013" else majority
        kept = (labels >= 0) & (labels < outputs[head].shape[1])
        probabilities, labels = outputs[head][kept], labels[kept]
        reliability(axes, probabilities, labels)
        error = calibration_error(probabilities, labels)
        axes.set_title(f"{head}: expected error {error:.3f}")
    return figure


def coverage(outputs: Mapping[str, Floats], tiles: Tiles, unsure: float) -> Figure:
    """Accuracy among the most certain faces, against the share of faces that get a label."""
    figure, axes = new_figure(5.4, 3.4)
    points = risk_coverage(outputs["emotion"], tiles, COVERAGES)
    alone = risk_coverage(outputs["fer2013"], tiles, COVERAGES)
    x = [100 * coverage for coverage in COVERAGES]
    series = {
        "emotion, by FER+ majority": [100 * point["ferplus"] for point in points],
        "fer2013, by FER2013 labels": [100 * point["fer2013"] for point in alone],
    }
    curves(axes, x, series)
    thresholds = [point["threshold"] for point in points]
    shipped = float(np.interp(unsure, thresholds, x))
    axes.axvline(shipped, color=COLOURS[4], linestyle="--", linewidth=1)
    axes.text(shipped - 0.6, 51, "as shipped", rotation=90, ha="right", color=COLOURS[4])
    axes.set(
        xlabel="% of faces that get a label (the others are 'unsure')",
        ylabel="% right",
        ylim=(50, 100),
    )
    axes.legend()
    return figure


def sliced(slices: Sequence[Slice]) -> Figure:
    """Accuracy in quarters of the faces by brightness, contrast and sharpness."""
    names = list(dict.fromkeys(part.property for part in slices))
    figure, grid = new_figure(9, 2.7, columns=len(names))
    for axes, name in zip(grid, names, strict=True):
        parts = [part for part in slices if part.property == name]
        for place, part in enumerate(parts):
            low, high = (100 * limit for limit in part.interval)
            axes.plot([place, place], [low, high], color=COLOURS[0], linewidth=1.4)
            axes.plot(place, 100 * part.accuracy, "o", color=COLOURS[0])
        axes.set_xticks(range(len(parts)), [f"{p.low:.0f}–{p.high:.0f}" for p in parts])
        axes.set(title=name, xlabel="grey levels, quarters of the faces", ylim=(70, 100))
    grid[0].set_ylabel("% right by FER+ majority")
    return figure


def robustness(measured: Mapping[str, Any]) -> Figure:
    """Accuracy of the app's labels against the severity of each degradation."""
    kinds = measured["curves"]
    figure, grid = new_figure(11, 5, rows=2, columns=4)
    for axes in grid.flat[len(kinds) :]:
        axes.set_axis_off()
    for axes, (name, kind) in zip(grid.flat, kinds.items(), strict=False):
        series = {
            model: [100 * share for share in heads["emotion"]]
            for model, heads in kind["models"].items()
        }
        curves(axes, kind["severities"], series, evenly=True)
        axes.set(title=name, xlabel=kind["unit"], ylim=(0, 100))
    for axes in grid[:, 0]:
        axes.set_ylabel("% right by FER+ majority")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    grid.flat[-1].legend(handles, labels, loc="center", fontsize=11)
    return figure
