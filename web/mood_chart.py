"""What a face looked like over a video, as a chart in HTML.

Streamlit's own charts need Arrow and pandas, which take 195 MB.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from statistics import fmean
from xml.etree.ElementTree import Element

from overlay.drawing.languages import Language
from overlay.drawing.themes import css_color, load_theme
from overlay.monitor.report.markup import render, tag
from overlay.scene import EMOTIONS

#: A longer video is drawn as so many columns, each the average of its time.
MOST_COLUMNS = 300
_HEIGHT = 100
_TICKS = 4

#: Time in seconds, and the probability of each of `EMOTIONS`.
Reading = tuple[float, Mapping[str, float]]
_Column = Sequence[float] | None


def mood_chart(readings: Iterable[Reading], end_s: float, language: Language) -> str:
    """Stacked columns over the time of a video, with a gap where no face was seen.

    Args:
        readings: What a face looked like, at least once.
        end_s: Length of the video, in seconds; more than 0.
        language: Whose words name the emotions.

    Returns:
        An element of HTML that is as wide as its place.
    """
    readings = [*readings]
    columns = _columns(readings, end_s)
    shares = [fmean(row[emotion] for _, row in readings) for emotion in EMOTIONS]
    percents = [language.percent.format(round(100 * share)) for share in shares]
    words = [language.emotions[emotion] for emotion in EMOTIONS]
    legend = [" ".join(pair) for pair in zip(words, percents, strict=True)]
    colors = [css_color(load_theme("light").emotions[emotion]) for emotion in EMOTIONS]
    chart = tag(
        "img",
        src=_picture(columns, colors),
        alt=", ".join(legend),
        style="display: block; width: 100%; height: 12rem; border-radius: 6px",
    )
    ticks = [tag("span", _clock(end_s * i / _TICKS, end_s)) for i in range(_TICKS + 1)]
    row = "display: flex; flex-wrap: wrap; font-size: 0.9rem; "
    return render(
        tag(
            "div",
            chart,
            tag("div", *ticks, style=row + "justify-content: space-between; margin: 4px 0 12px"),
            tag("div", *map(_key, legend, colors), style=row + "gap: 4px 20px"),
        )
    )


def _picture(columns: Sequence[_Column], colors: Sequence[str]) -> str:
    """The columns as SVG, in an address, since Streamlit takes elements of SVG out of HTML."""
    paths = [
        tag("path", d=path, fill=color) for path, color in zip(_paths(columns), colors, strict=True)
    ]
    chart = tag(
        "svg",
        tag("rect", width=len(columns), height=_HEIGHT, fill="#f0f0f0"),
        *paths,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {len(columns)} {_HEIGHT}",
        preserveAspectRatio="none",
        shape_rendering="crispEdges",
    )
    return f"data:image/svg+xml;base64,{b64encode(render(chart).encode()).decode()}"


def _columns(readings: Sequence[Reading], end_s: float) -> list[_Column]:
    """The average of each part of the video; None where there is no reading."""
    count = min(MOST_COLUMNS, max(1, len(readings)))
    parts: list[list[Mapping[str, float]]] = [[] for _ in range(count)]
    for time_s, probabilities in readings:
        parts[min(count - 1, int(count * time_s / end_s))].append(probabilities)
    return [
        [fmean(each[emotion] for each in part) for emotion in EMOTIONS] if part else None
        for part in parts
    ]


def _paths(columns: Sequence[_Column]) -> list[str]:
    """For each emotion the path around its part of all columns."""
    paths = [""] * len(EMOTIONS)
    for x, column in enumerate(columns):
        if column is None:
            continue
        edges = [_HEIGHT * share for share in accumulate(column, initial=0.0)]
        for emotion, (low, high) in enumerate(pairwise(edges)):
            paths[emotion] += f"M{x} {_HEIGHT - low:.2f}h1V{_HEIGHT - high:.2f}h-1z"
    return paths


def _key(text: str, color: str) -> Element:
    """A word beside its colour."""
    dot = f"display: inline-block; width: 0.7em; height: 0.7em; background: {color}; "
    return tag("span", tag("span", style=dot + "border-radius: 50%; margin-right: 0.4em"), text)


def _clock(time_s: float, end_s: float) -> str:
    if end_s < 10:
        return f"{time_s:.1f} s"
    return f"{int(time_s) // 60}:{int(time_s) % 60:02}"
