"""What every chart over time draws: columns of expressions, hatchings where none was, time, names.

They lie on an `Axis`, between a height and another; a session's timeline and the charts of a week
or a month are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from overlay.language import _
from overlay.monitor.report.axis import Axis, Slice
from overlay.monitor.report.markup import tag
from overlay.monitor.statistics import Totals
from overlay.monitor.wording import clock_span, percent, state_name

#: The order of rows and tables.
ORDER = ("neutral", "happy", "surprise", "sad", "fear", "angry", "disgust", "unsure")

# From bottom to top: what stands out rises from the base line, the rest is above it.
_STACK = (*ORDER[1:], "neutral")

# The most states that the text about a slice names.
_MOST_NAMED = 3


def columns(axis: Axis, slices: Sequence[Slice], y: float, height: float) -> list[Element]:
    """How much of each slice's time in view belongs to each expression, stacked."""
    outlines: dict[str, list[str]] = {label: [] for label in ORDER}
    for piece in slices:
        if piece.gap is not None or not piece.seen_s:
            continue
        top = y + height
        for label in _STACK:
            part = piece.share(label) * height
            if part > 0:
                top -= part
                outlines[label].append(rectangle(axis, piece, top, part))
    return [tag("path", d="".join(d), class_=f"mark e-{k}") for k, d in outlines.items() if d]


def gap_areas(axis: Axis, slices: Sequence[Slice], y: float, height: float) -> list[Element]:
    """Hatched areas, one for each run of slices without the student's face."""
    areas = []
    for gap, run in groupby(slices, key=lambda piece: piece.gap):
        pieces = list(run)
        if gap is not None:
            left, right = axis.x(pieces[0].start), axis.x(pieces[-1].end)
            size = {"width": right - left, "height": height}
            areas.append(tag("rect", x=left, y=y, **size, class_=f"gap gap-{gap}"))
    return areas


def tick(
    axis: Axis, clock: float, text: str, span: tuple[float, float], text_y: float
) -> list[Element]:
    """A time of day: a line from top to bottom, and its name, which stays inside the chart."""
    x = axis.x(clock)
    anchor = "start" if x < axis.left + 16 else "end" if x > axis.right - 16 else "middle"
    return [
        tag("path", d=f"M{x:.1f} {span[0]:.0f}V{span[1]:.0f}", class_="grid"),
        tag("text", text, x=x, y=text_y, text_anchor=anchor, class_="tick"),
    ]


def lane(axis: Axis, text: str, middle: float) -> list[Element]:
    """What a row is called, to the left of it, and a line along its middle."""
    return [
        tag("text", text, x=axis.left - 10, y=middle + 4, class_="lane"),
        tag("path", d=f"M{axis.left:.0f} {middle:.1f}H{axis.right:.0f}", class_="rail"),
    ]


def rectangle(axis: Axis, piece: Slice, y: float, height: float) -> str:
    """The outline of a slice."""
    left, right = axis.x(piece.start), axis.x(piece.end)
    return f"M{left:.1f} {y:.1f}H{right:.1f}v{height:.1f}H{left:.1f}z"


def mostly(totals: Totals) -> str:
    """The two largest shares in words."""
    return _ranked(totals.share, 2) or _("you were not seen")


def told(piece: Slice, utc_offset_s: int) -> str:
    """A slice in words, for example `16:48 to 16:49: happy 60 %, neutral 40 %`."""
    seconds = piece.end - piece.start < 60
    span = clock_span(piece.start, piece.end, utc_offset_s, seconds=seconds)
    looks = _ranked(piece.share, _MOST_NAMED) if piece.gap is None else state_name(piece.gap)
    return f"{span}: {looks}"


def _ranked(share: Callable[[str], float], most: int) -> str:
    """The largest shares in words, largest first."""
    ranked = sorted(ORDER, key=lambda label: -share(label))[:most]
    return ", ".join(f"{state_name(k)} {percent(share(k))}" for k in ranked if share(k) > 0)
