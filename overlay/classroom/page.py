"""A finished lesson as one page and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from xml.etree.ElementTree import Element

from overlay import __version__
from overlay.classroom.chart import lesson_chart, lesson_moments
from overlay.classroom.groups import LEAST
from overlay.classroom.lesson import Lesson, Row
from overlay.classroom.states import STATES
from overlay.classroom.texts import with_numbers
from overlay.language import N_, _
from overlay.monitor.report.badge import badge
from overlay.monitor.report.document import document
from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.moment_marks import NARROW, WIDE
from overlay.monitor.report.swatch import legend, swatch
from overlay.monitor.report.tables import table
from overlay.monitor.wording import clock_time, duration, local_time, long_date, state_name

_MOST_TABLE_ROWS = 30

# What the page cannot tell.
_LIMITS = (
    N_(
        "It does not measure attention, understanding or how good a lesson "
        "was, and it is not a grade. An expression is not a feeling: people "
        "frown when they think hard, and look blank while they listen closely."
    ),
    N_(
        "It is only about those who chose to share: they may be a small part "
        "of the class, and differ from the rest."
    ),
    N_(
        "The network that reads expressions makes mistakes, with some faces "
        "more often than with others."
    ),
    N_(
        "It shows sums of at least {least} people, rounded so that no step is "
        "smaller than one person. Nothing about any single person was stored, "
        "and there is no list of who took part."
    ),
)

CSV_COLUMNS = ("time", "sharing", "in_sum", *STATES, "mark")


def lesson_page(lesson: Lesson) -> str:
    """The whole document."""
    content: list[Content] = [_summary(lesson)]
    if lesson.rows:
        content += [_timeline(lesson), _moments(lesson)]
    content.append(
        tag(
            "section",
            tag("h2", _("What this page cannot tell")),
            tag("ul", *(tag("li", with_numbers(_(point))) for point in _LIMITS)),
            class_="limits",
        )
    )
    offset = lesson.utc_offset_s
    when = _("{date}, {begin} to {end} ({duration})").format(
        date=long_date(lesson.began, offset),
        begin=clock_time(lesson.began, offset),
        end=clock_time(lesson.end, offset),
        duration=duration(lesson.end - lesson.began),
    )
    made = _("Made by Emotion Overlay {version} on {date}.").format(
        version=__version__, date=f"{datetime.now().astimezone():%Y-%m-%d}"
    )
    kicker = _("A class · sums of those who took part, about no single person")
    return document(_("A class"), lesson.title, when, content, made, kicker=kicker)


def lesson_csv(lesson: Lesson) -> str:
    """Every interval as a line, with a line of `CSV_COLUMNS` first; marks have lines of their own.

    A note that a spreadsheet would take for a formula begins with an apostrophe
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    lines = [(row.clock, _cells(row)) for row in lesson.rows]
    empty = [""] * (len(CSV_COLUMNS) - 2)
    lines += [(mark.clock, [*empty, _harmless(mark.note or _("marked"))]) for mark in lesson.marks]
    for clock, cells in sorted(lines, key=lambda line: line[0]):
        at = local_time(clock, lesson.utc_offset_s).isoformat(timespec="seconds")
        writer.writerow([at, *cells])
    return out.getvalue()


def _cells(row: Row) -> list[str]:
    shares = row.shares
    shown = [""] * len(STATES) if shares is None else [str(shares.percent[s]) for s in STATES]
    return [str(row.sharing), "" if shares is None else str(shares.members), *shown, ""]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _summary(lesson: Lesson) -> Element:
    shown = [row for row in lesson.rows if row.shares is not None]
    most = max((row.sharing for row in lesson.rows), default=0)
    if not shown:
        text = _("At most {most} shared at a time: sums are shown only of {least} or more.").format(
            most=most, least=LEAST
        )
        return tag("section", tag("p", text, class_="lead"))
    means = {s: sum(r.shares.percent[s] for r in shown if r.shares) / len(shown) for s in STATES}
    ranked = sorted(STATES, key=lambda state: -means[state])
    named = ", ".join(f"{state_name(s)} {means[s]:.0f} %" for s in ranked[:3] if means[s] >= 0.5)
    return tag(
        "section",
        tag("p", _("On average over the lesson: {states}.").format(states=named), class_="lead"),
        tag("p", _("At most {most} shared at a time.").format(most=most), class_="more"),
    )


def _timeline(lesson: Lesson) -> Element:
    used = [s for s in STATES if any(r.shares and r.shares.percent[s] for r in lesson.rows)]
    return tag(
        "section",
        tag("h3", _("What the faces of the class looked like, and when")),
        tag(
            "figure",
            lesson_chart(lesson, WIDE),
            lesson_chart(lesson, NARROW),
            tag("figcaption", legend(used)),
        ),
        _table(lesson),
    )


def _table(lesson: Lesson) -> Element:
    step = -(-len(lesson.rows) // _MOST_TABLE_ROWS)
    rows = [
        (
            clock_time(row.clock, lesson.utc_offset_s, seconds=True),
            str(row.sharing),
            *(f"{row.shares.percent[s]} %" if row.shares else "–" for s in STATES),
        )
        for row in lesson.rows[::step]
    ]
    heads = (_("Time"), _("Share"), *map(state_name, STATES))
    return tag("details", tag("summary", _("The same as a table")), table(heads, rows, "slices"))


def _moments(lesson: Lesson) -> Element | None:
    moments = lesson_moments(lesson)
    if not moments:
        return None
    items = [
        tag(
            "li",
            badge(number, moment),
            tag("time", clock_time(moment.start, lesson.utc_offset_s)),
            " ",
            tag("span", swatch(moment.state) if moment.state else None, moment.text),
        )
        for number, moment in enumerate(moments, 1)
    ]
    return tag("section", tag("h3", _("Moments")), tag("ol", *items, class_="moments"))
