"""Charts for the model card and the data report, in one plain style; needs no display."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from training.metrics import wilson_interval

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]

COLOURS = ("#1f6feb", "#d1660f", "#2b8a3e", "#9c36b5", "#868e96", "#c92a2a")
mpl.rcParams.update(
    {
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#8a929a",
        "axes.grid": True,
        "grid.color": "#e5e8eb",
        "grid.linewidth": 0.8,
        "axes.axisbelow": True,
        "legend.frameon": False,
        "figure.dpi": 110,
    }
)


def new_figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """A figure of this size in inches and its axes; an array if there are several."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns)


def png(figure: Figure) -> bytes:
    """The figure as a PNG of few colours, which keeps it small."""
    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png")
    picture = Image.open(buffer).convert("RGB").quantize(128)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def matrix(
    axes: Axes, counts: npt.NDArray[np.integer], rows: Sequence[str], columns: Sequence[str]
) -> None:
    """A table of counts, coloured by the share of its row, with the shares in percent."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for (i, j), share in np.ndenumerate(shares):
        if share >= 0.005:
            ink = "white" if share > 0.55 else "#1d2733"
            axes.text(j, i, f"{100 * share:.0f}", ha="center", va="center", color=ink, fontsize=8)


def tiles(axes: Axes, images: npt.NDArray[np.integer | np.floating], columns: int) -> None:
    """Face tiles side by side, `columns` per row."""
    count, height, width = images.shape
    lines = -(-count // columns)
    sheet = np.full((lines * (height + 2), columns * (width + 2)), 255.0)
    for place, image in enumerate(images):
        top, left = divmod(place, columns)
        top, left = top * (height + 2), left * (width + 2)
        sheet[top : top + height, left : left + width] = image
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()


def reliability(axes: Axes, probabilities: Floats, labels: Labels, bins: int = 10) -> None:
    """Accuracy against top probability, with 95 % intervals and the number of faces in each bin."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    index = np.clip((confidence * bins).astype(int), 0, bins - 1)
    counts = np.bincount(index, minlength=bins)
    axes.bar(
        (np.arange(bins) + 0.5) / bins, counts / counts.max() * 0.25, 0.9 / bins, color="#dbe4ee"
    )
    axes.plot([0, 1], [0, 1], color="#8a929a", linewidth=1, linestyle="--")
    for place in np.flatnonzero(counts >= 10):
        inside = index == place
        low, high = wilson_interval(int(right[inside].sum()), int(counts[place]))
        x = confidence[inside].mean()
        axes.plot([x, x], [low, high], color=COLOURS[0], linewidth=1.2)
        axes.plot(x, right[inside].mean(), "o", color=COLOURS[0], markersize=4)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="top probability", ylabel="share right")


def curves(
    axes: Axes, x: Sequence[float], series: Mapping[str, Sequence[float]], evenly: bool = False
) -> None:
    """One line per name; `evenly` places the values of x at equal distances."""
    places = range(len(x)) if evenly else x
    for colour, (name, values) in zip(COLOURS, series.items(), strict=False):
        axes.plot(places, values, "o-", color=colour, label=name, markersize=3, linewidth=1.5)
    if evenly:
        axes.set_xticks(list(places), [f"{value:g}" for value in x])


def bars(axes: Axes, names: Sequence[str], series: Mapping[str, Sequence[float]]) -> None:
    """Grouped horizontal bars, the first name at the top."""
    height = 0.8 / len(series)
    for place, (label, values) in enumerate(series.items()):
        y = np.arange(len(names)) + (place - (len(series) - 1) / 2) * height
        axes.barh(y, values, height * 0.92, color=COLOURS[place], label=label)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
