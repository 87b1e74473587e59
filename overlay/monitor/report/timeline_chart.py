"""The chart of a session: what the face looked like, when, and where nothing was seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from overlay.monitor.report.axis import Axis, Slice, cut, shares_of
from overlay.monitor.report.markup import tag
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import clock_time, state_name

#: The order of rows and tables.
ORDER = ("neutral", "happy", "surprise", "sad", "fear", "angry", "disgust", "unsure")

# From bottom to top: what stands out rises from the base line, the rest is above it.
_STACK = (*ORDER[1:], "neutral")

_WIDTH, _LEFT, _RIGHT = 1000.0, 104.0, 992.0
_MARKS_Y, _STRIP_Y, _STRIP_HEIGHT = 14.0, 38.0, 92.0
_ROWS_Y = _STRIP_Y + _STRIP_HEIGHT + 16
_ROW_HEIGHT, _ROW_GAP = 15.0, 5.0
_MARK_RADIUS = 9.0
_MOST_SLICES = 480
# How dark a row is drawn: shares are rounded up to quarters.
_LEVELS = 4


def timeline_chart(summary: Summary, name: str) -> Element:
    """The chart as SVG.

    Args:
        summary: The session.
        name: Unique on the page; ids are made of it.
    """
    axis = Axis(summary.start, summary.end, _LEFT, _RIGHT, summary.session.utc_offset_s)
    slices = cut(summary.timeline, _MOST_SLICES)
    rows = _rows(summary, slices)
    bottom = _ROWS_Y + len(rows) * (_ROW_HEIGHT + _ROW_GAP)
    chart = tag(
        "svg",
        tag("title", "Timeline of expressions", id=f"{name}-title"),
        tag("desc", _description(summary), id=f"{name}-desc"),
        *_grid(axis, bottom),
        *_gaps(axis, slices, bottom),
        *_strip(axis, slices),
        viewBox=f"0 0 {_WIDTH:.0f} {bottom + 24:.0f}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )
    for index, (text, kind, shares) in enumerate(rows):
        y = _ROWS_Y + index * (_ROW_HEIGHT + _ROW_GAP)
        chart.extend(_row(axis, y, text, kind, list(zip(slices, shares, strict=True))))
    chart.extend(_marks(axis, [moment.start for moment in summary.moments]))
    return chart


def _rows(summary: Summary, slices: Sequence[Slice]) -> list[tuple[str, str, list[float]]]:
    """What is drawn by itself: its name, its class, and its share of each slice."""
    rows = [
        (state_name(label), f"e-{label}", [piece.share(label) for piece in slices])
        for label in ORDER
        if label != "neutral" and summary.totals.label_s[label] >= 0.5
    ]
    if summary.away:
        rows.append(("turned away", "turned", shares_of(slices, summary.away)))
    return rows


def _description(summary: Summary) -> str:
    offset = summary.session.utc_offset_s
    return (
        f"From {clock_time(summary.start, offset)} to {clock_time(summary.end, offset)}: shares of "
        "expressions as stacked columns, then one row for each expression. Hatched where your face "
        "was not seen. The table below the chart has the numbers."
    )


def _grid(axis: Axis, bottom: float) -> list[Element]:
    parts = [
        tag("rect", x=_LEFT, y=_STRIP_Y, width=_RIGHT - _LEFT, height=_STRIP_HEIGHT, class_="well"),
        tag("text", "all together", x=_LEFT - 10, y=_STRIP_Y + 16, class_="lane"),
    ]
    for clock, text in axis.ticks():
        x = axis.x(clock)
        anchor = "start" if x < _LEFT + 16 else "end" if x > _RIGHT - 16 else "middle"
        parts += [
            tag("path", d=f"M{x:.1f} {_STRIP_Y - 4:.0f}V{bottom:.0f}", class_="grid"),
            tag("text", text, x=x, y=bottom + 17, text_anchor=anchor, class_="tick"),
        ]
    return parts


def _gaps(axis: Axis, slices: Sequence[Slice], bottom: float) -> list[Element]:
    """Hatched areas over strip and rows, one for each run of slices without a face."""
    areas = []
    for gap, run in groupby(slices, key=lambda piece: piece.gap):
        pieces = list(run)
        if gap is not None:
            left, right = axis.x(pieces[0].start), axis.x(pieces[-1].end)
            size = {"width": right - left, "height": bottom - _STRIP_Y - _ROW_GAP}
            areas.append(tag("rect", x=left, y=_STRIP_Y, **size, class_=f"gap gap-{gap}"))
    return areas


def _strip(axis: Axis, slices: Sequence[Slice]) -> list[Element]:
    """Stacked columns: how much of each slice's time in view belongs to each expression."""
    outlines: dict[str, list[str]] = {label: [] for label in ORDER}
    for piece in slices:
        if piece.gap is not None or not piece.seen_s:
            continue
        y = _STRIP_Y + _STRIP_HEIGHT
        for label in _STACK:
            height = piece.share(label) * _STRIP_HEIGHT
            if height > 0:
                y -= height
                outlines[label].append(_rectangle(axis, piece, y, height))
    return [tag("path", d="".join(d), class_=f"mark e-{k}") for k, d in outlines.items() if d]


def _row(
    axis: Axis, y: float, text: str, kind: str, shares: Sequence[tuple[Slice, float]]
) -> list[Element]:
    """One expression by itself: the stronger, the more of the slice."""
    levels: dict[int, list[str]] = {}
    for piece, share in shares:
        if share > 0 and piece.gap is None:
            level = min(_LEVELS, int(share * _LEVELS) + 1)
            levels.setdefault(level, []).append(_rectangle(axis, piece, y, _ROW_HEIGHT))
    middle = y + _ROW_HEIGHT / 2
    return [
        tag("text", text, x=_LEFT - 10, y=middle + 4, class_="lane"),
        tag("path", d=f"M{_LEFT:.0f} {middle:.1f}H{_RIGHT:.0f}", class_="rail"),
        *(
            tag("path", d="".join(d), class_=f"mark {kind}", opacity=0.25 + 0.75 * level / _LEVELS)
            for level, d in sorted(levels.items())
        ),
    ]


def _marks(axis: Axis, starts: Sequence[float]) -> list[Element]:
    """Numbered marks above the strip, moved apart where they would touch."""
    places = _apart([axis.x(start) for start in starts], 2 * _MARK_RADIUS + 2)
    parts = []
    for number, (start, x) in enumerate(zip(starts, places, strict=True), 1):
        stem = f"M{x:.1f} {_MARKS_Y + _MARK_RADIUS:.1f}L{axis.x(start):.1f} {_STRIP_Y:.1f}"
        parts += [
            tag("path", d=stem, class_="stem"),
            tag("circle", cx=x, cy=_MARKS_Y, r=_MARK_RADIUS, class_="moment"),
            tag("text", str(number), x=x, y=_MARKS_Y + 4, class_="number"),
        ]
    return parts


def _apart(places: Sequence[float], distance: float) -> list[float]:
    """Sorted places, moved as little as needed to be this far apart and inside the chart."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + distance) if moved else max(place, _LEFT))
    limit = _RIGHT - _MARK_RADIUS
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - distance
    return moved


def _rectangle(axis: Axis, piece: Slice, y: float, height: float) -> str:
    left, right = axis.x(piece.start), axis.x(piece.end)
    return f"M{left:.1f} {y:.1f}H{right:.1f}v{height:.1f}H{left:.1f}z"
