"""The chart of a lesson: shares of the class, stacked, over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from overlay.classroom.lesson import Lesson, Row, find_changes
from overlay.classroom.states import INTERVAL_S, STATES
from overlay.language import _, ngettext
from overlay.monitor.moments import Moment
from overlay.monitor.report.axis import Axis
from overlay.monitor.report.markup import render, tag
from overlay.monitor.report.moment_marks import STRIP_Y, Size, areas, marks
from overlay.monitor.report.strip import tick
from overlay.monitor.timeline import ABSENT
from overlay.monitor.wording import clock_time, percent, state_name

_HEIGHT = 180.0
_COUNT_HEIGHT = 40.0
_COUNT_Y = STRIP_Y + _HEIGHT + 22.0
_BOTTOM = _COUNT_Y + _COUNT_HEIGHT + 6
# From bottom to top: what stands out rises from the base line; nobody in view is at the top.
_STACK = (*STATES[1:-1], STATES[0], ABSENT)
# A longer time than this between two rows, in seconds, is a break.
_BREAK_S = 2.5 * INTERVAL_S
_MOST_TOLD, _MOST_NAMED = 120, 3

#: On the board, whose window has a drawing of this width for it (`lesson.svg`).
_BOARD = Size("board", 640.0, 56.0, 480, 6, 0, 42, 0)
#: What a young lesson fills only in part there, in seconds.
_SHORTEST_S = 120.0


def lesson_moments(lesson: Lesson) -> list[Moment]:
    """The teacher's marks and the moments when much changed, in order."""
    found = [
        Moment("mark", None, mark.clock, 0.0, mark.note or _("marked")) for mark in lesson.marks
    ]
    found += [
        Moment(
            "changes", change.state, change.clock, 0.0,
            _("{state}: from {before} % to {after} %").format(
                state=state_name(change.state), before=change.before, after=change.after
            ),
        )
        for change in find_changes(lesson.rows)
    ]  # fmt: skip
    return sorted(found, key=lambda moment: moment.start)


def lesson_chart(lesson: Lesson, size: Size) -> Element:
    """The chart as SVG.

    Args:
        lesson: With at least one row.
        size: How large.
    """
    axis = _axis(lesson, size, lesson.end)
    name = f"lesson-{size.name}"
    return tag(
        "svg",
        tag("title", _("The class over the lesson, in percent"), id=f"{name}-title"),
        tag("desc", _("The table below the chart has the numbers."), id=f"{name}-desc"),
        *_shares(axis, lesson.rows),
        *areas(
            _told(axis, lesson.rows, size),
            _("Point at the chart to read times and percentages here."),
            _BOTTOM,
            size,
        ),
        *marks(axis, lesson_moments(lesson), _BOTTOM, size),
        viewBox=f"0 0 {size.width:.0f} {_BOTTOM + 46:.0f}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_=size.name,
    )


def board_chart(lesson: Lesson) -> str:
    """The same for the board: the elements of SVG alone, and nothing to point at; may be none."""
    if not lesson.rows:
        return ""
    axis = _axis(lesson, _BOARD, max(lesson.end, lesson.rows[0].clock + _SHORTEST_S))
    drawn = marks(axis, lesson_moments(lesson), _BOTTOM, _BOARD)
    for mark in drawn:
        for tip in mark.findall("text[@class='tip']"):
            mark.remove(tip)
    return "".join(map(render, [*_shares(axis, lesson.rows), *drawn]))


def told(row: Row, utc_offset_s: int) -> str:
    """A row in words, for example `10:32:10: 23 people share; happy 40 %, neutral 35 %`."""
    head = f"{clock_time(row.clock, utc_offset_s, seconds=True)}: {sharing(row.sharing)}"
    if row.shares is None:
        return _("{head}; too few for percentages").format(head=head)
    ranked = sorted(STATES, key=lambda state: -row.shares.percent[state] if row.shares else 0)
    named = [state for state in ranked[:_MOST_NAMED] if row.shares.percent[state]]
    shown = ", ".join(f"{state_name(s)} {percent(row.shares.percent[s] / 100)}" for s in named)
    return f"{head}; {shown}"


def sharing(members: int) -> str:
    """How many share, in words."""
    return ngettext("{n} person shares", "{n} people share", members).format(n=members)


def _axis(lesson: Lesson, size: Size, end: float) -> Axis:
    start = lesson.rows[0].clock - INTERVAL_S
    return Axis(start, end, size.left, size.right, lesson.utc_offset_s, size.most_ticks)


def _shares(axis: Axis, rows: Sequence[Row]) -> list[Element]:
    """The times, the shares, and how many shared."""
    return [*_grid(axis, _BOTTOM), *_areas(axis, rows), *_count(axis, rows, _COUNT_Y)]


def _grid(axis: Axis, bottom: float) -> list[Element]:
    well = {"x": axis.left, "width": axis.right - axis.left, "class_": "well"}
    parts = [
        tag("rect", y=STRIP_Y, height=_HEIGHT, **well),
        *(
            tag("text", text, x=axis.left - 10, y=STRIP_Y + y, class_="lane")
            for text, y in (("100 %", 12.0), ("50 %", _HEIGHT / 2 + 4), ("0 %", _HEIGHT))
        ),
    ]
    for clock, text in axis.ticks():
        parts += tick(axis, clock, text, (STRIP_Y - 4, bottom), bottom + 17)
    return parts


def _areas(axis: Axis, rows: Sequence[Row]) -> list[Element]:
    """A stacked area for each stretch in which shares were shown."""
    outlines: dict[str, list[str]] = {state: [] for state in STATES}
    for stretch in _stretches(rows):
        below = [0.0] * len(stretch)
        for state in _STACK:
            shares = [row.shares.percent[state] if row.shares else 0 for row in stretch]
            above = [low + share for low, share in zip(below, shares, strict=True)]
            if any(shares):
                outlines[state].append(_outline(axis, stretch, below, above))
            below = above
    kinds = {state: f"e-{state}" for state in STATES} | {ABSENT: f"gap gap-{ABSENT}"}
    return [tag("path", d="".join(d), class_=kinds[k]) for k, d in outlines.items() if d]


def _stretches(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows with shares that follow one another."""
    found: list[list[Row]] = []
    for shown, run in groupby(rows, key=lambda row: row.shares is not None):
        if shown:
            found.append([])
            for row in run:
                if found[-1] and row.clock - found[-1][-1].clock > _BREAK_S:
                    found.append([])
                found[-1].append(row)
    return found


def _outline(
    axis: Axis, rows: Sequence[Row], below: Sequence[float], above: Sequence[float]
) -> str:
    """Each row holds for the ten seconds that end at its time; sums are joined by slopes."""

    def y(share: float) -> str:
        return f"{STRIP_Y + _HEIGHT * (1 - share / 100):.1f}"

    first = axis.x(rows[0].clock - INTERVAL_S)
    places = [axis.x(row.clock) for row in rows]
    top = [(first, above[0]), *zip(places, above, strict=True)]
    back = [*reversed([(first, below[0]), *zip(places, below, strict=True)])]
    return "M" + "L".join(f"{x:.1f} {y(share)}" for x, share in [*top, *back]) + "z"


def _count(axis: Axis, rows: Sequence[Row], top: float) -> list[Element]:
    """How many shared, as steps."""
    most = max(1, *(row.sharing for row in rows))
    pieces = []
    for row in rows:
        height = _COUNT_HEIGHT * row.sharing / most
        left, right = axis.x(row.clock - INTERVAL_S), axis.x(row.clock)
        pieces.append(
            f"M{left:.1f} {top + _COUNT_HEIGHT - height:.1f}H{right:.1f}v{height:.1f}H{left:.1f}z"
        )
    return [
        tag("text", f"{most}", x=axis.left - 10, y=top + 10, class_="lane"),
        tag("text", _("share"), x=axis.left - 10, y=top + _COUNT_HEIGHT, class_="lane"),
        tag("path", d="".join(pieces), class_="seen"),
    ]


def _told(axis: Axis, rows: Sequence[Row], size: Size) -> list[tuple[float, float, str]]:
    """What some of the rows say, and from where to where: each until the next one."""
    step = -(-len(rows) // min(_MOST_TOLD, size.most_told))
    chosen = rows[::step]
    ends = [axis.x(row.clock) for row in chosen[1:]] + [axis.right]
    lefts = [axis.left, *ends[:-1]]
    words = [told(row, axis.utc_offset_s) for row in chosen]
    return list(zip(lefts, ends, words, strict=True))
