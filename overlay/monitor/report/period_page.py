"""The page about a week or a month: its sessions beside each other, and what they add up to."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from overlay.language import _, ngettext
from overlay.monitor.comparison import ENOUGH_PRESENT_S, ENOUGH_SESSIONS
from overlay.monitor.history import day_of
from overlay.monitor.period import Review
from overlay.monitor.reflecting import Prompt, prompts
from overlay.monitor.report import sections
from overlay.monitor.report.calendar_chart import calendar_charts
from overlay.monitor.report.comparison_chart import trend_charts
from overlay.monitor.report.document import document
from overlay.monitor.report.looks import looks
from overlay.monitor.report.markup import tag
from overlay.monitor.report.overview import overview
from overlay.monitor.report.strip import ORDER
from overlay.monitor.report.swatch import legend
from overlay.monitor.statistics import Summary, Totals, add_together
from overlay.monitor.timeline import GAPS
from overlay.monitor.wording import (
    clock_time,
    day_span,
    duration,
    percent,
    session_title,
    sessions_text,
    short_weekday,
    whole_date,
)


def build_period_page(student: str, review: Review, made: str) -> str:
    """The whole document.

    Args:
        student: Name of the student.
        review: The sessions.
        made: When and by what the page was made, for its foot.
    """
    period, summaries = review.period, review.summaries
    titles = [session_title(summary.session) for summary in summaries]
    states = {stretch.state for summary in summaries for stretch in summary.timeline}
    content = [
        _opening(review),
        tag(
            "section",
            tag("h2", _("Day by day")),
            tag(
                "figure",
                *calendar_charts(review),
                tag("figcaption", legend(state for state in (*ORDER, *GAPS) if state in states)),
            ),
        ),
        overview(summaries, titles),
        _trends(review),
        _own_words(review),
        sections.limits(sorted({s.session.model_version for s in summaries})),
    ]
    when = day_span(whole_date(period.first), whole_date(period.last))
    return document(student, period.title, when, content, made)


def _opening(review: Review) -> Element:
    totals = add_together([summary.totals for summary in review.summaries])
    count = len(review.summaries)
    if totals.present_s:
        text = _("{sessions}, {time} in view.")
        lead = text.format(sessions=sessions_text(count), time=duration(totals.present_s))
        lead = f"{lead} {looks(totals)}"
    else:
        text = _("{sessions}, but your face was never in view.")
        lead = text.format(sessions=sessions_text(count))
    return tag(
        "section",
        tag("p", lead, class_="lead"),
        tag("p", _before(review), class_="more"),
        tag("dl", *_figures(review, totals), class_="figures"),
        aria_label=_("At a glance"),
    )


def _before(review: Review) -> str:
    week = review.period.kind == "week"
    totals = add_together(review.before)
    if not totals.present_s:
        if week:
            return _("There is nothing from the week before to compare with.")
        return _("There is nothing from the month before to compare with.")
    text = (
        _("The week before: {sessions}, {time} in view.")
        if week
        else _("The month before: {sessions}, {time} in view.")
    )
    told = text.format(sessions=sessions_text(len(review.before)), time=duration(totals.present_s))
    rest = _("Lessons and light differ: such sums say little about you.")
    return f"{told} {looks(totals)} {rest}"


def _figures(review: Review, totals: Totals) -> list[Element]:
    marks = sum(len(summary.session.marks) for summary in review.summaries)
    written = sum(len(summary.session.reflections) for summary in review.summaries)
    outcomes = [summary.outcome for summary in review.summaries if summary.outcome]
    judged = [outcome for outcome in outcomes if outcome.met is not None]
    days = len({day_of(summary.session) for summary in review.summaries})
    in_view = _("{share} of the {time} observed").format(
        share=percent(totals.present_share), time=duration(totals.observed_s)
    )
    figures = [
        (
            _("Sessions"),
            str(len(review.summaries)),
            ngettext("on {n} day", "on {n} days", days).format(n=days),
        ),
        (_("In view"), duration(totals.present_s), in_view),
        (_("Moments marked"), str(marks), _("{n} with words of yours").format(n=written)),
    ]
    if judged:
        met = sum(bool(outcome.met) for outcome in judged)
        of_all = _("{met} of {all}").format(met=met, all=len(judged))
        figures.append((_("Goal met"), of_all, _("sessions with a goal")))
    return [
        tag("div", tag("dt", name), tag("dd", value), tag("dd", more, class_="note"))
        for name, value, more in figures
    ]


def _trends(review: Review) -> Element | None:
    """Each number over the sessions that are long enough; None if they are too few."""
    counted = [s.totals for s in review.summaries if s.totals.present_s >= ENOUGH_PRESENT_S]
    if len(counted) < ENOUGH_SESSIONS:
        return None
    note = _(
        "Each dot is one of the {n} sessions with your face in view for at least {time}, oldest "
        "first; the dashed line is their median."
    ).format(n=len(counted), time=duration(ENOUGH_PRESENT_S))
    return tag(
        "section",
        tag("h2", _("From session to session")),
        trend_charts(counted),
        tag("p", note, class_="note"),
    )


def _own_words(review: Review) -> Element | None:
    """What the student marked and wrote, in order of time; None if there is nothing."""
    items = [
        _written(summary, prompt)
        for summary in review.summaries
        for prompt in prompts(summary)
        if prompt.words or prompt.kind == "mark"
    ]
    if not items:
        return None
    return tag(
        "section",
        tag("h2", _("What you marked and wrote")),
        tag("ol", *items, class_="prompts days"),
    )


def _written(summary: Summary, prompt: Prompt) -> Element:
    session = summary.session
    clock = clock_time(session.began + prompt.time_s, session.utc_offset_s)
    return tag(
        "li",
        tag("time", f"{short_weekday(day_of(session))}, {clock}"),
        tag(
            "div",
            tag("p", prompt.moment.text) if prompt.moment else None,
            tag("blockquote", prompt.words) if prompt.words else None,
            tag("p", session_title(session), class_="note"),
        ),
    )
