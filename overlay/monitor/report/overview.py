"""Several sessions at a glance: one line each, with a stacked bar."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.language import _
from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.strip import ORDER, mostly
from overlay.monitor.report.swatch import legend
from overlay.monitor.report.tables import table
from overlay.monitor.statistics import Summary, Totals
from overlay.monitor.wording import clock_time, duration, short_date

_BAR_WIDTH = 300.0


def overview(
    summaries: Sequence[Summary], titles: Sequence[str], links: Sequence[str] = ()
) -> Element:
    """A table of the sessions.

    Args:
        summaries: The sessions.
        titles: What each is called.
        links: Where each title leads; none to have them lead nowhere.
    """
    goals = any(summary.outcome for summary in summaries)
    rows = [
        (*_row(summary, tag("a", title, href=link) if link else title), *_goal(summary, goals))
        for summary, title, link in zip(summaries, titles, links or [""] * len(titles), strict=True)
    ]
    used = [label for label in ORDER if any(s.totals.label_s[label] >= 0.5 for s in summaries)]
    heads = (
        _("Session"),
        _("Began"),
        _("In view, of observed"),
        "",
        _("Mostly looked"),
        *([_("Goal")] if goals else []),
    )
    return tag(
        "section",
        tag("h2", _("Session by session")),
        table(heads, rows, "overview"),
        legend(used),
        tag("p", _("Percentages and bars refer to the time in view."), class_="note"),
    )


def _row(summary: Summary, title: Content) -> tuple[Content, ...]:
    offset, totals = summary.session.utc_offset_s, summary.totals
    return (
        title,
        f"{short_date(summary.start, offset)}, {clock_time(summary.start, offset)}",
        _("{seen} of {observed}").format(
            seen=duration(totals.present_s), observed=duration(totals.observed_s)
        ),
        _bar(totals),
        mostly(totals),
    )


def _goal(summary: Summary, goals: bool) -> tuple[str, ...]:
    """Whether its goal was met, where any session of the table had one."""
    if not goals:
        return ()
    return (summary.outcome.verdict if summary.outcome else "–",)


def _bar(totals: Totals) -> Element:
    parts = []
    x = 0.0
    for label in ORDER:
        width = totals.share(label) * _BAR_WIDTH
        if width > 0:
            box = {"x": x, "width": width, "height": 14}
            parts.append(tag("rect", **box, class_=f"mark e-{label}"))
        x += width
    return tag(
        "svg",
        tag("rect", width=_BAR_WIDTH, height=14, class_="well"),
        *parts,
        viewBox=f"0 0 {_BAR_WIDTH:.0f} 14",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
    )
