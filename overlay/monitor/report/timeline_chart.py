"""The chart of a session: what the face looked like, when, and where nothing was seen."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.language import _
from overlay.monitor.report.axis import Axis, Slice, cut, shares_of
from overlay.monitor.report.markup import tag
from overlay.monitor.report.moment_marks import STRIP_Y, WIDE, Size, areas, marks
from overlay.monitor.report.strip import ORDER, columns, gap_areas, lane, rectangle, tick, told
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import clock_time, state_name

_STRIP_HEIGHT = 92.0
_ROWS_Y = STRIP_Y + _STRIP_HEIGHT + 16
_ROW_HEIGHT, _ROW_GAP = 15.0, 5.0
# How dark a row is drawn: shares are rounded up to quarters.
_LEVELS = 4


def timeline_chart(summary: Summary, name: str, size: Size = WIDE) -> Element:
    """The chart as SVG.

    Args:
        summary: The session.
        name: Unique on the page; ids are made of it.
        size: How large.
    """
    offset = summary.session.utc_offset_s
    axis = Axis(summary.start, summary.end, size.left, size.right, offset, size.most_ticks)
    slices = cut(summary.timeline, size.most_slices)
    rows = _rows(summary, slices)
    bottom = _ROWS_Y + len(rows) * (_ROW_HEIGHT + _ROW_GAP)
    name = f"{name}-{size.name}"
    chart = tag(
        "svg",
        tag("title", _("Timeline of expressions"), id=f"{name}-title"),
        tag("desc", _description(summary), id=f"{name}-desc"),
        *_grid(axis, bottom),
        *gap_areas(axis, slices, STRIP_Y, bottom - STRIP_Y - _ROW_GAP),
        *columns(axis, slices, STRIP_Y, _STRIP_HEIGHT),
        viewBox=f"0 0 {size.width:.0f} {bottom + 46:.0f}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_=size.name,
    )
    for index, (text, kind, shares) in enumerate(rows):
        y = _ROWS_Y + index * (_ROW_HEIGHT + _ROW_GAP)
        chart.extend(_row(axis, y, text, kind, list(zip(slices, shares, strict=True))))
    spoken = [
        (axis.x(piece.start), axis.x(piece.end), told(piece, offset))
        for piece in cut(summary.timeline, size.most_told)
    ]
    hint = _("Point at the chart to read times and percentages here.")
    chart.extend(areas(spoken, hint, bottom, size))
    chart.extend(marks(axis, summary.moments, bottom, size))
    return chart


def _rows(summary: Summary, slices: Sequence[Slice]) -> list[tuple[str, str, list[float]]]:
    """What is drawn by itself: its name, its class, and its share of each slice."""
    rows = [
        (state_name(label), f"e-{label}", [piece.share(label) for piece in slices])
        for label in ORDER
        if label != "neutral" and summary.totals.label_s[label] >= 0.5
    ]
    if summary.away:
        rows.append((_("turned away"), "turned", shares_of(slices, summary.away)))
    return rows


def _description(summary: Summary) -> str:
    offset = summary.session.utc_offset_s
    return _(
        "From {start} to {end}: shares of expressions as stacked columns, then one row for each "
        "expression. Hatched where your face was not seen. The table below the chart has the "
        "numbers."
    ).format(start=clock_time(summary.start, offset), end=clock_time(summary.end, offset))


def _grid(axis: Axis, bottom: float) -> list[Element]:
    left, right = axis.left, axis.right
    parts = [
        tag("rect", x=left, y=STRIP_Y, width=right - left, height=_STRIP_HEIGHT, class_="well"),
        tag("text", _("all together"), x=left - 10, y=STRIP_Y + 16, class_="lane"),
    ]
    for clock, text in axis.ticks():
        parts += tick(axis, clock, text, (STRIP_Y - 4, bottom), bottom + 17)
    return parts


def _row(
    axis: Axis, y: float, text: str, kind: str, shares: Sequence[tuple[Slice, float]]
) -> list[Element]:
    """One expression by itself: the stronger, the more of the slice."""
    levels: dict[int, list[str]] = {}
    for piece, share in shares:
        if share > 0 and piece.gap is None:
            level = min(_LEVELS, int(share * _LEVELS) + 1)
            levels.setdefault(level, []).append(rectangle(axis, piece, y, _ROW_HEIGHT))
    return [
        *lane(axis, text, y + _ROW_HEIGHT / 2),
        *(
            tag("path", d="".join(d), class_=f"mark {kind}", opacity=0.25 + 0.75 * level / _LEVELS)
            for level, d in sorted(levels.items())
        ),
    ]
