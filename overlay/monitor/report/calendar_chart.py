"""The chart of a week or a month: a row for each day, and in it the sessions as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from overlay.language import N_, _
from overlay.monitor.history import day_of
from overlay.monitor.period import Review
from overlay.monitor.report.axis import Axis, cut
from overlay.monitor.report.markup import tag
from overlay.monitor.report.strip import columns, gap_areas, lane, mostly, tick
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import clock_time, duration, session_title, short_weekday, shortened

_HOUR_S, _DAY_S = 3600, 86400
_TOP = 22.0
# How finely a session is cut, in units of the chart.
_SLICE_WIDTH = 1.5
_MARK = 5.0
# How much of a title fits below the chart, in characters.
_LONGEST_TITLE = 36


@dataclass(frozen=True, slots=True)
class _Size:
    """How wide a chart is, in its own units.

    Attributes:
        name: Its class on the page.
        width: Of the whole chart.
        left: Where time begins; to the left of it are days.
        most_ticks: How many times of day are written above.
    """

    name: str
    width: float
    left: float
    most_ticks: int

    def axis(self, start: float, end: float, utc_offset_s: int = 0) -> Axis:
        """The time axis of one row."""
        return Axis(start, end, self.left, self.width - 8, utc_offset_s, self.most_ticks)


_SIZES = (_Size("wide", 1000.0, 104.0, 14), _Size("narrow", 390.0, 64.0, 5))
#: Height of a day's row and the distance between two, by the kind of period.
_ROWS = {"week": (40.0, 10.0), "month": (15.0, 4.0)}


def calendar_charts(review: Review) -> list[Element]:
    """The chart for wide and for narrow screens."""
    return [_chart(review, size) for size in _SIZES]


def _chart(review: Review, size: _Size) -> Element:
    hours = _hours(review.summaries)
    axis = size.axis(*(hour * _HOUR_S for hour in hours))
    height, distance = _ROWS[review.period.kind]
    days = review.period.days
    rows = {day: _TOP + index * (height + distance) for index, day in enumerate(days)}
    bottom = _TOP + len(days) * (height + distance)
    name = f"{review.period.kind}-{size.name}"
    return tag(
        "svg",
        tag(
            "title",
            _("Sessions by day and time, {period}").format(period=review.period.title),
            id=f"{name}-title",
        ),
        tag(
            "desc",
            _(
                "A row for each day, from left to right the time of day. Each session is a strip "
                "of stacked columns, hatched where your face was not seen. The table below has "
                "the numbers."
            ),
            id=f"{name}-desc",
        ),
        *(
            part
            for day, y in rows.items()
            for part in lane(axis, short_weekday(day), y + height / 2)
        ),
        *_times(axis, bottom),
        *(
            _session(summary, hours, rows[day_of(summary.session)], height, bottom, size)
            for summary in review.summaries
        ),
        tag("text", _(_HINT), x=4, y=bottom + 14, class_="hint"),
        viewBox=f"0 0 {size.width:.0f} {bottom + 38:.0f}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_=size.name,
    )


_HINT = N_("Point at a session to read about it here.")


def _hours(summaries: Sequence[Summary]) -> tuple[int, int]:
    """The hours of the day between which all sessions lie; after midnight they go on counting."""
    starts = [_time_of_day(summary) for summary in summaries]
    ends = [
        start + summary.end - summary.start
        for start, summary in zip(starts, summaries, strict=True)
    ]
    first, last = int(min(starts) // _HOUR_S), int(-(-max(ends) // _HOUR_S))
    return first, max(last, first + 1)


def _time_of_day(summary: Summary) -> float:
    return (summary.start + summary.session.utc_offset_s) % _DAY_S


def _times(axis: Axis, bottom: float) -> list[Element]:
    parts = []
    for time_s, text in axis.ticks():
        parts += tick(axis, time_s, text, (_TOP - 4, bottom), _TOP - 9)
    return parts


def _session(
    summary: Summary, hours: tuple[int, int], y: float, height: float, bottom: float, size: _Size
) -> Element:
    """A session where it lies in its day, with its marks."""
    offset = summary.session.utc_offset_s
    midnight = summary.start - _time_of_day(summary)
    start, end = (midnight + hour * _HOUR_S for hour in hours)
    axis = size.axis(start, end, offset)
    left, right = axis.x(summary.start), axis.x(summary.end)
    slices = cut(summary.timeline, max(int((right - left) / _SLICE_WIDTH), 1))
    area = {"x": left, "y": y, "width": right - left, "height": height}
    marks = [moment for moment in summary.moments if moment.kind == "mark"]
    title = shortened(session_title(summary.session), _LONGEST_TITLE)
    day, clock = short_weekday(day_of(summary.session)), clock_time(summary.start, offset)
    about = f"{day}, {clock}: {title}"
    seen = _("in view {time}: {looks}").format(
        time=duration(summary.totals.present_s), looks=mostly(summary.totals)
    )
    return tag(
        "g",
        tag("rect", **area, class_="well"),
        *gap_areas(axis, slices, y, height),
        *columns(axis, slices, y, height),
        *(
            tag(
                "rect",
                x=axis.x(mark.start) - _MARK / 2,
                y=y - _MARK / 2 - 1,
                width=_MARK,
                height=_MARK,
                class_="moment",
            )
            for mark in marks
        ),
        tag("rect", **area, class_="area"),
        tag("text", about, x=4, y=bottom + 14, class_="tip"),
        tag("text", seen, x=4, y=bottom + 31, class_="tip"),
        class_="hit own",
        tabindex=-1,
    )
