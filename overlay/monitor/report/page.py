"""The page: one HTML document for one session or several."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.language import N_, _
from overlay.monitor.history import Chapter
from overlay.monitor.report import own_words, sections
from overlay.monitor.report.document import document
from overlay.monitor.report.markup import tag
from overlay.monitor.report.opening import opening
from overlay.monitor.report.overview import overview
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import (
    clock_span,
    day_span,
    duration,
    long_date,
    session_title,
    sessions_text,
)

_ENDINGS = {
    "running": N_("This session is still being recorded; the page shows it up to now."),
    "idle": N_("The recording ended by itself after a time in which you were not seen."),
    "app-ended": N_("The recording ended when the application did."),
    "interrupted": N_(
        "The recording was interrupted, as by a crash or a power cut. What was written until "
        "then is here; at most the last two seconds are missing."
    ),
}


def build_page(student: str, chapters: Sequence[Chapter], made: str) -> str:
    """The whole document.

    Args:
        student: Name of the student.
        chapters: The sessions, oldest first; at least one.
        made: When and by what the page was made, for its foot.
    """
    summaries = [chapter.summary for chapter in chapters]
    alone = len(chapters) == 1
    titles = [session_title(summary.session) for summary in summaries]
    names = [f"s{number}" for number in range(1, len(chapters) + 1)]
    content = [
        None if alone else overview(summaries, titles, [f"#{name}" for name in names]),
        *(_article(student, *each, alone) for each in zip(chapters, names, strict=True)),
        sections.limits(sorted({s.session.model_version for s in summaries})),
    ]
    title = titles[0] if alone else sessions_text(len(chapters))
    return document(student, title, _when(summaries), content, made)


def _article(student: str, chapter: Chapter, name: str, alone: bool) -> Element:
    summary = chapter.summary
    session = summary.session
    heading = None
    if not alone:
        heading = tag(
            "header",
            tag("h2", session_title(session), id=name),
            tag("p", _when([summary]), class_="when"),
        )
    notices = [_(_ENDINGS.get(session.ended_how, "")), _about_clock(summary)]
    parts: list[Element | None] = [
        opening(chapter),
        *(tag("p", notice, class_="notice") for notice in notices if notice),
    ]
    if summary.totals.observed_s > 0:
        parts += [
            own_words.goal(summary),
            sections.timeline(summary, name),
            sections.moments(summary),
            own_words.reflection(student, summary),
        ]
    if summary.totals.present_s > 0:
        parts += [
            sections.shares(summary),
            sections.compared(chapter.comparison, summary),
            sections.certainty(summary),
        ]
    if summary.totals.observed_s > 0:
        parts.append(sections.gaps(summary))
    return tag("article", heading, *parts, class_="alone" if alone else "chapter")


def _about_clock(summary: Summary) -> str | None:
    if not summary.clock_set_s:
        return None
    if summary.clock_set_s > 0:
        text = _("The computer’s clock was set forward by {time} during this session.")
    else:
        text = _("The computer’s clock was set back by {time} during this session.")
    rest = _(
        "The times here follow the clock as it was at the beginning, so that none appears twice "
        "and none is missing."
    )
    return f"{text.format(time=duration(abs(summary.clock_set_s)))} {rest}"


def _when(summaries: Sequence[Summary]) -> str:
    first, last = summaries[0], summaries[-1]
    first_day = long_date(first.start, first.session.utc_offset_s)
    if len(summaries) > 1:
        last_day = long_date(last.start, last.session.utc_offset_s)
        return first_day if first_day == last_day else day_span(first_day, last_day)
    offset = first.session.utc_offset_s
    return _("{day}, {times} ({length})").format(
        day=first_day,
        times=clock_span(first.start, first.end, offset),
        length=duration(first.end - first.start),
    )
