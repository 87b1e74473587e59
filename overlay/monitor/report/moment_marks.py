"""What every timeline has: numbered moments above, and below a line that reads it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from overlay.monitor.moments import Moment
from overlay.monitor.report.axis import Axis
from overlay.monitor.report.markup import tag
from overlay.monitor.wording import clock_time, shortened

#: Where the strip of expressions begins, below the marks.
STRIP_Y = 38.0

_MARKS_Y = 14.0
_MARK_RADIUS = 9.0


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a chart is, in its own units, and how much fits in it.

    Attributes:
        name: Its class on the page.
        width: Of the whole chart.
        left: Where time begins; to the left of it are names.
        most_slices: How finely time is cut.
        most_ticks: How many times of day are written below.
        most_told: How many slices say in words what they show, to who points at them.
        most_numbers: How many moments get a number; more are drawn without.
        most_characters: How much of a text fits below the chart.
    """

    name: str
    width: float
    left: float
    most_slices: int
    most_ticks: int
    most_told: int
    most_numbers: int
    most_characters: int

    @property
    def right(self) -> float:
        """Where time ends."""
        return self.width - 8


WIDE = Size("wide", 1000.0, 104.0, 480, 9, 120, 42, 130)
#: For phones.
NARROW = Size("narrow", 390.0, 94.0, 150, 4, 50, 17, 52)


def marks(axis: Axis, moments: Sequence[Moment], bottom: float, size: Size) -> list[Element]:
    """Numbered marks above the strip, square for the student's own; moved apart to be read."""
    numbered = len(moments) <= size.most_numbers
    radius = _MARK_RADIUS if numbered else 3.0
    distance = min(2 * radius + 2, (axis.right - axis.left) / max(len(moments), 1))
    places = _apart([axis.x(moment.start) for moment in moments], distance, axis, radius)
    parts = []
    for number, (moment, x) in enumerate(zip(moments, places, strict=True), 1):
        stem = f"M{x:.1f} {_MARKS_Y + radius:.1f}L{axis.x(moment.start):.1f} {STRIP_Y:.1f}"
        own = moment.kind == "mark"
        clock = clock_time(moment.start, axis.utc_offset_s, seconds=True)
        parts.append(
            tag(
                "g",
                tag("path", d=stem, class_="stem"),
                _badge(x, radius, own),
                tag("text", str(number), x=x, y=_MARKS_Y + 4, class_="number")
                if numbered
                else None,
                _readout(f"{clock} {moment.text}", bottom, "tip", size),
                class_="hit own" if own else "hit",
                tabindex=-1,
            )
        )
    return parts


def areas(
    told: Iterable[tuple[float, float, str]], hint: str, bottom: float, size: Size
) -> list[Element]:
    """Areas that say in words, below the chart, what they show when pointed at.

    With the tab index they can be tapped where nothing hovers; the keyboard passes them over, as
    the table has the same numbers.

    Args:
        told: From where to where each reaches across the chart, in its units, and what it says.
        hint: What is there as long as nobody points.
        bottom: Where the chart ends.
        size: How large it is.
    """
    parts = [_readout(hint, bottom, "hint", size)]
    for left, right, text in told:
        area = {"x": left, "y": STRIP_Y, "width": right - left, "height": bottom - STRIP_Y}
        parts.append(
            tag(
                "g",
                tag("rect", **area, class_="area"),
                _readout(text, bottom, "tip", size),
                class_="hit",
                tabindex=-1,
            )
        )
    return parts


def _badge(x: float, radius: float, own: bool) -> Element:
    if own:
        square = {"x": x - radius, "y": _MARKS_Y - radius, "width": 2 * radius, "rx": radius / 4}
        return tag("rect", **square, height=2 * radius, class_="moment")
    return tag("circle", cx=x, cy=_MARKS_Y, r=radius, class_="moment")


def _apart(places: Sequence[float], distance: float, axis: Axis, radius: float) -> list[float]:
    """Sorted places, moved as little as needed to be this far apart and inside the chart."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + distance) if moved else max(place, axis.left))
    limit = axis.right - radius
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - distance
    return moved


def _readout(text: str, bottom: float, kind: str, size: Size) -> Element:
    """A line below the chart: a hint, or what is read where somebody points."""
    return tag("text", shortened(text, size.most_characters), x=4, y=bottom + 40, class_=kind)
