"""The page: one HTML document for one session or several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from overlay.drawing.themes import load_theme
from overlay.monitor.history import Chapter
from overlay.monitor.report import own_words, sections
from overlay.monitor.report.markup import render, tag
from overlay.monitor.report.opening import opening
from overlay.monitor.report.overview import overview
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import clock_time, duration, long_date
from overlay.scene import EMOTIONS, UNSURE

_STYLE = Path(__file__).with_name("style.css")
# Nothing but this file's own style is ever loaded or run, whatever a title may contain.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_ENDINGS = {
    "running": "This session is still being recorded; the page shows it up to now.",
    "idle": "The recording ended by itself after a time in which you were not seen.",
    "app-ended": "The recording ended when the application did.",
    "interrupted": (
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
    title = _title(summaries[0]) if alone else f"{len(chapters)} sessions"
    articles = [_article(student, chapter, f"s{n}", alone) for n, chapter in enumerate(chapters, 1)]
    body = tag(
        "body",
        _patterns(),
        tag(
            "header",
            tag("p", f"{student} · for your eyes only", class_="kicker"),
            tag("h1", title),
            tag("p", _when(summaries), class_="when"),
        ),
        tag(
            "main",
            None if alone else overview(summaries, [_title(summary) for summary in summaries]),
            *articles,
            sections.limits(sorted({s.session.model_version for s in summaries})),
        ),
        tag("footer", tag("p", made)),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} – {student}"),
        tag("style", _colors() + _STYLE.read_text(encoding="utf-8")),
    )
    return "<!DOCTYPE html>\n" + render(tag("html", head, body, lang="en")) + "\n"


def _article(student: str, chapter: Chapter, name: str, alone: bool) -> Element:
    summary = chapter.summary
    session = summary.session
    heading = None
    if not alone:
        heading = tag(
            "header",
            tag("h2", _title(summary), id=name),
            tag("p", _when([summary]), class_="when"),
        )
    notices = [_ENDINGS.get(session.ended_how), _about_clock(summary)]
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
    where = "forward" if summary.clock_set_s > 0 else "back"
    return (
        f"The computer’s clock was set {where} by {duration(abs(summary.clock_set_s))} during this "
        "session. The times here follow the clock as it was at the beginning, so that none appears "
        "twice and none is missing."
    )


def _title(summary: Summary) -> str:
    session = summary.session
    return session.title.strip() or f"Session {session.id}"


def _when(summaries: Sequence[Summary]) -> str:
    first, last = summaries[0], summaries[-1]
    first_day = long_date(first.start, first.session.utc_offset_s)
    if len(summaries) > 1:
        last_day = long_date(last.start, last.session.utc_offset_s)
        return first_day if first_day == last_day else f"{first_day} to {last_day}"
    offset = first.session.utc_offset_s
    span = f"{clock_time(first.start, offset)} to {clock_time(first.end, offset)}"
    return f"{first_day}, {span} ({duration(first.end - first.start)})"


def _patterns() -> Element:
    """Hatchings for gaps, used by every chart of the page."""
    return tag(
        "svg",
        tag(
            "defs",
            _pattern("absent", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
            _pattern("unidentified", "M-2 6L2 10M0 0L8 8M6 -2L10 2"),
            _pattern("paused", "M2 0V8M6 0V8"),
            _pattern("unobserved", "M0 0L8 8M0 8L8 0"),
        ),
        width=0,
        height=0,
        class_="patterns",
        aria_hidden="true",
    )


def _pattern(name: str, outline: str) -> Element:
    return tag(
        "pattern",
        tag("path", d=outline, class_="hatch"),
        id=f"hatch-{name}",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )


def _colors() -> str:
    """The colours of the overlay's two themes as variables of the style sheet."""
    light, dark = (_variables(name) for name in ("light", "dark"))
    return (
        f":root{{{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        + "".join(f".e-{name}{{fill:var(--{name})}}\n" for name in (*EMOTIONS, UNSURE))
    )


def _variables(theme: str) -> str:
    colors = load_theme(theme).emotions
    return "".join(f"--{name}:#{r:02x}{g:02x}{b:02x};" for name, (b, g, r) in colors.items())
